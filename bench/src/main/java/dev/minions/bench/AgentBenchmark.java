package dev.minions.bench;

import dev.minions.Command;
import dev.minions.EphemeralVm;
import dev.minions.GuestFile;
import dev.minions.Minions;
import dev.minions.VmSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The agent in a guest that has just booted: its resident memory, and the time from the start of its process until it
 * serves the first port, while the rest of the guest boots beside it. The peer is {@link Hello} on the same runtime with
 * the same collector and heap, after the boot: resident while it waits for its input, and from its start to its end. A
 * guest for each run.
 */
final class AgentBenchmark implements Benchmark {
    /** The agent's target is what it may cost a guest at most. */
    private static final double TARGET_MIB = 64;

    private static final double KIB_IN_A_MIB = 1024;
    private static final double MILLIS_IN_A_TICK = 10;
    private static final double NANOS_IN_A_MILLI = 1e6;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String CLASS_FILE = "/run/bench/dev/minions/bench/Hello.class";

    /** Prints one number a line: the agent's KiB, start in ticks, ready in ms since the boot; Hello's KiB and ns. */
    private static final String SCRIPT = """
            set -eu
            read -r pid </run/minions-agent.pid
            sed -n 's/^VmRSS:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/$pid/status
            sed 's/.*) //' /proc/$pid/stat | cut -d ' ' -f 20
            sed -n 's/^serving .* after \\([0-9]*\\) ms$/\\1/p' /run/minions-agent.log | head -n 1
            cd /run/bench
            hello='/opt/minions-agent/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData
                -Xms4m -Xmx24m -Xss256k -cp /run/bench dev.minions.bench.Hello'
            mkfifo in out
            $hello wait <in >out &
            exec 3>in
            read -r _ <out
            sed -n 's/^VmRSS:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/$!/status
            exec 3>&-
            wait
            before=$(date +%s%N)
            $hello >/dev/null
            echo $(($(date +%s%N) - before))
            """;

    @Override
    public String name() {
        return "agent";
    }

    @Override
    public String summary() {
        return "the agent's memory and start in a guest, beside a JVM's hello there";
    }

    @Override
    public int defaultRuns() {
        return 10;
    }

    /** What one guest told. */
    private record Told(double agentMib, double agentMillis, double helloMib, double helloMillis) {}

    @Override
    public List<Figure> measure(Workbench bench, int runs) throws Exception {
        Minions minions = bench.minions();
        List<Told> told = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            Main.say("agent: guest " + (i + 1) + " of " + runs);
            told.add(ask(minions));
        }
        Samples ourMemory = Samples.of(told.stream().map(Told::agentMib).toList());
        Samples peerMemory = Samples.of(told.stream().map(Told::helloMib).toList());
        Samples ourStart = Samples.of(told.stream().map(Told::agentMillis).toList());
        Samples peerStart = Samples.of(told.stream().map(Told::helloMillis).toList());
        return List.of(
                Figure.of("agent-rss", "MiB", ourMemory, peerMemory).target(Target.atMost(TARGET_MIB)),
                Figure.of("agent-start", "ms", ourStart, peerStart));
    }

    private static Told ask(Minions minions) throws Exception {
        VmSpec spec = VmSpec.builder("agent-" + ProcessHandle.current().pid(), Workbench.IMAGE)
                .file(GuestFile.bytes(CLASS_FILE, Workbench.helloClass()))
                .build();
        EphemeralVm vm = minions.launch(spec);
        try {
            String said = Guest.require(vm.exec(Command.of("sh", "-c", SCRIPT).within(LIMIT)))
                    .stdout();
            return read(said);
        } finally {
            Cleanup.all(vm::close);
        }
    }

    private static Told read(String said) {
        double[] values = Arrays.stream(said.strip().split("\n"))
                .mapToDouble(Double::parseDouble)
                .toArray();
        if (values.length != 5) {
            throw new IllegalStateException("five numbers were asked for, the guest said: " + said);
        }
        return new Told(
                values[0] / KIB_IN_A_MIB,
                values[2] - values[1] * MILLIS_IN_A_TICK,
                values[3] / KIB_IN_A_MIB,
                values[4] / NANOS_IN_A_MILLI);
    }
}
