package dev.minions.bench;

import dev.minions.CreateOptions;
import dev.minions.Minions;
import dev.minions.StopOptions;
import dev.minions.StopResult;
import dev.minions.Vm;
import dev.minions.VmSpec;
import dev.minions.agent.client.AgentClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A VM's life on the hypervisor that Minions chooses here, beside the bare VMM's with the same machine and guest: from
 * the call until the agent serves, {@code /bin/true} by the agent, and from the wish to stop until the VMM has ended. Of
 * both, the guest powers itself off when its agent is told to.
 */
final class LifeBenchmark implements Benchmark {
    private static final double BOOT_TARGET = 1.1;
    private static final double EXEC_TARGET = 1.1;
    private static final double STOP_TARGET = 1.1;
    private static final int EXECS = 7;
    private static final int WARM_UPS = 3;
    private static final int KEPT = 1 << 16;

    @Override
    public String name() {
        return "life";
    }

    @Override
    public String summary() {
        return "boot, exec and stop of a VM, beside the bare VMM's";
    }

    @Override
    public int defaultRuns() {
        return 10;
    }

    /** What was measured of one VM, in ms. */
    private record Life(double boot, double exec, double stop) {}

    @Override
    public List<Figure> measure(Workbench bench, int runs) throws Exception {
        Minions minions = bench.minions();
        Path scratch = bench.newDirectory("life");
        BareVm.Starter bare = first(minions, scratch);
        Turns<Life> turns = Turns.take(
                runs, 1, () -> ours(minions), () -> bare(bare), pair -> Main.say("life: pair " + pair + " of " + runs));
        return List.of(
                turns.figure("life-boot", "ms", Life::boot).target(Target.ratioAtMost(BOOT_TARGET)),
                turns.figure("life-exec", "ms", Life::exec).target(Target.ratioAtMost(EXEC_TARGET)),
                turns.figure("life-stop", "ms", Life::stop).target(Target.ratioAtMost(STOP_TARGET)));
    }

    private static BareVm.Starter first(Minions minions, Path scratch) throws Exception {
        Vm vm = create(minions);
        try {
            return BareVm.like(vm.info(), scratch);
        } finally {
            Cleanup.all(vm::destroy);
        }
    }

    private static Vm create(Minions minions) {
        VmSpec spec = VmSpec.builder("life-" + ProcessHandle.current().pid(), Workbench.IMAGE)
                .build();
        return minions.create(spec, CreateOptions.defaults().bootTimeout(BareVm.LIMIT));
    }

    private static Life ours(Minions minions) throws Exception {
        Stopwatch boot = new Stopwatch();
        Vm vm = create(minions);
        double booted = boot.millis();
        try {
            double exec = exec(() -> Guest.require(vm.exec(ExecBenchmark.TRUE)));
            Stopwatch stop = new Stopwatch();
            StopResult result = vm.stop(StopOptions.defaults().grace(BareVm.LIMIT));
            double stopped = stop.millis();
            if (result.how() != StopResult.How.AGENT) {
                throw new IllegalStateException("stopped by " + result.how() + ", not by its agent");
            }
            return new Life(booted, exec, stopped);
        } finally {
            Cleanup.all(vm::destroy);
        }
    }

    private static Life bare(BareVm.Starter starter) throws Exception {
        Stopwatch boot = new Stopwatch();
        try (BareVm vm = starter.start()) {
            double booted = boot.millis();
            AgentClient agent = vm.agent();
            double exec = exec(() -> Guest.require(agent.exec(ExecBenchmark.TRUE, KEPT, BareVm.LIMIT)));
            Stopwatch stop = new Stopwatch();
            vm.powerOff();
            return new Life(booted, exec, stop.millis());
        }
    }

    /** Something that can be timed. */
    @FunctionalInterface
    private interface Timed {
        void run() throws Exception;
    }

    /** The median of a few, after some that do not count. */
    private static double exec(Timed command) throws Exception {
        List<Double> times = new ArrayList<>();
        for (int i = -WARM_UPS; i < EXECS; i++) {
            Stopwatch watch = new Stopwatch();
            command.run();
            if (i >= 0) {
                times.add(watch.millis());
            }
        }
        return Samples.of(times).median();
    }
}
