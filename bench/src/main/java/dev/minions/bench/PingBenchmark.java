package dev.minions.bench;

import dev.minions.agent.client.AgentClient;
import java.time.Duration;
import java.util.List;

/**
 * The channel's round trip alone: a question that the agent answers without starting a process. What {@code exec} takes
 * beyond this is the guest's own start of a process, and the reading of its end. There is no peer.
 */
final class PingBenchmark implements Benchmark {
    private static final int WARM_UPS = 10;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Override
    public String name() {
        return "ping";
    }

    @Override
    public String summary() {
        return "the channel's round trip, without a process in the guest";
    }

    @Override
    public int defaultRuns() {
        return 50;
    }

    @Override
    public List<Figure> measure(Workbench bench, int runs) throws Exception {
        AgentClient channel = bench.guest().channel();
        Turns.Trial<Double> ping = () -> {
            Stopwatch watch = new Stopwatch();
            channel.health(LIMIT);
            return watch.millis();
        };
        return List.of(Figure.alone(name(), "ms", Turns.repeat(runs, WARM_UPS, ping)));
    }
}
