package dev.minions.bench;

import dev.minions.CreateOptions;
import dev.minions.EphemeralVm;
import dev.minions.Minions;
import dev.minions.VmInfo;
import dev.minions.VmSpec;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * {@code Minions.launch} against a bare {@code qemu-system} script that boots the same kernel, initramfs and image with
 * the very arguments of ours, and waits for the same agent's ready call: see {@link BareMachine}.
 *
 * <p>In software emulation a boot takes seconds, and two boots of the same machine differ by more than all that Minions
 * adds; {@code boot-difference} shows that. So the parts are shown as well, in the order in which they come. In
 * {@code boot-in-guest} the two should be equal. {@code boot-before-vmm} and {@code boot-commit} are the host's work;
 * {@code boot-tax} is their sum less what the script takes for its part. {@code boot-configure} is what the guest does
 * when Minions gives it its name, its address and its keys; the script's guest gets none.
 */
final class BootBenchmark implements Benchmark {
    private static final double TARGET_MILLIS = 150;

    /** The step that the engine begins when the agent has answered. */
    private static final String AFTER_READY = "configure the guest";

    @Override
    public String name() {
        return "boot";
    }

    @Override
    public String summary() {
        return "launch of a VM until its agent serves, beside a bare qemu-system script";
    }

    @Override
    public int defaultRuns() {
        return 10;
    }

    @Override
    public List<Figure> measure(Workbench bench, int runs) throws Exception {
        Minions minions = bench.minions();
        AtomicReference<BareMachine> machine = new AtomicReference<>();
        Path scratch = bench.newDirectory("boot");
        launch(minions, info -> machine.set(BareMachine.like(info, scratch)));
        BareMachine bare = machine.get();
        Turns<BootTimes> turns = Turns.take(
                runs,
                1,
                () -> launch(minions, info -> {}),
                bare::boot,
                pair -> Main.say("boot: pair " + pair + " of " + runs));
        return List.of(
                turns.figure("boot", "ms", BootTimes::total),
                turns.differences("boot-difference", "ms", BootTimes::total),
                turns.differences("boot-tax", "ms", BootTimes::onHost).target(Target.atMost(TARGET_MILLIS)),
                turns.figure("boot-before-vmm", "ms", BootTimes::beforeVmm),
                turns.figure("boot-in-guest", "ms", BootTimes::inGuest),
                turns.figure("boot-configure", "ms", BootTimes::configuring),
                turns.figure("boot-commit", "ms", BootTimes::committing));
    }

    /** What to do with a VM that runs. */
    @FunctionalInterface
    private interface Look {
        void at(VmInfo running) throws Exception;
    }

    private static BootTimes launch(Minions minions, Look look) throws Exception {
        AtomicReference<Instant> ready = new AtomicReference<>(Instant.EPOCH);
        CreateOptions options = CreateOptions.defaults().onProgress(progress -> {
            if (progress.step().equals(AFTER_READY)) {
                ready.set(Instant.now());
            }
        });
        VmSpec spec = VmSpec.builder("boot-" + ProcessHandle.current().pid(), Workbench.IMAGE)
                .build();
        Instant called = Instant.now();
        EphemeralVm vm = minions.launch(spec, options);
        Instant returned = Instant.now();
        try {
            VmInfo info = vm.info();
            look.at(info);
            // The launcher writes down who the process will be, and then becomes it.
            Path mark = BareMachine.path(info, "directory").resolve("vmm/identity");
            // What the VM's start is recorded with, in the transaction that ends the operation.
            Instant configured = info.startedAt().orElseThrow();
            return BootTimes.between(called, mark, ready.get(), configured, returned);
        } finally {
            Cleanup.all(vm::close);
        }
    }
}
