package dev.minions.core.engine;

import dev.minions.ByteSize;
import dev.minions.Resize;
import dev.minions.StopOptions;
import dev.minions.VmId;
import dev.minions.VmSpec;
import dev.minions.testkit.kill.Change;
import dev.minions.testkit.kill.DiskMark;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;

/**
 * VMs of a fake host.
 *
 * @param disk where a VM's root disk lies
 */
record TestGuests(Function<VmId, Path> disk) implements Change.Guests {
    private static final Duration GRACE = Duration.ofSeconds(5);

    @Override
    public VmSpec spec(String name) {
        return TestHost.spec(name);
    }

    @Override
    public Duration patience() {
        return Duration.ofMinutes(1);
    }

    @Override
    public StopOptions stopping() {
        return StopOptions.defaults().grace(GRACE);
    }

    @Override
    public void mark(VmId vm, String mark) {
        DiskMark.write(disk.apply(vm), mark);
    }

    @Override
    public Resize larger() {
        return Resize.none().cpus(3).memory(ByteSize.mib(192));
    }
}
