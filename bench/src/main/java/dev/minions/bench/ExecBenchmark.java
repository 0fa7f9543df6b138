package dev.minions.bench;

import dev.minions.Command;
import dev.minions.Vm;
import dev.minions.agent.client.AgentClient;
import java.time.Duration;
import java.util.List;

/**
 * {@code Vm.exec} of {@code /bin/true} against the same request to the same agent, made through another port of the same
 * VM by the protocol's client alone. What differs is what the engine adds: finding the VM, its process and its lane. The
 * connection is open in both cases, as it is in a loop of commands; in the guest, both start one process.
 */
final class ExecBenchmark implements Benchmark {
    static final Command TRUE = Command.of("/bin/true");

    private static final double TARGET = 1.5;
    private static final int WARM_UPS = 10;
    private static final int KEPT = 1 << 16;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Override
    public String name() {
        return "exec";
    }

    @Override
    public String summary() {
        return "Vm.exec of /bin/true, beside the bare channel's exec";
    }

    @Override
    public int defaultRuns() {
        return 50;
    }

    @Override
    public List<Figure> measure(Workbench bench, int runs) throws Exception {
        Vm vm = bench.guest().vm();
        AgentClient channel = bench.guest().channel();
        Turns<Double> turns = Turns.take(
                runs,
                WARM_UPS,
                () -> {
                    Stopwatch watch = new Stopwatch();
                    Guest.require(vm.exec(TRUE));
                    return watch.millis();
                },
                () -> {
                    Stopwatch watch = new Stopwatch();
                    Guest.require(channel.exec(TRUE, KEPT, LIMIT));
                    return watch.millis();
                },
                pair -> {});
        return List.of(turns.figure(name(), "ms", millis -> millis).target(Target.ratioAtMost(TARGET)));
    }
}
