package dev.minions.testkit;

import static dev.minions.testkit.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.minions.ByteSize;
import dev.minions.error.ErrorCode;
import dev.minions.spi.DeviceId;
import dev.minions.spi.HotPlug;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.MachineSpec.Growth;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.spi.Sizing;
import dev.minions.spi.Vmm;
import dev.minions.testkit.HypervisorContract.Guest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What every {@link HotPlug} and every {@link Sizing} promise, on guests that let go of what is taken from them. */
final class HotPlugRules {
    private static final DeviceId ROOT = DeviceId.of("disk0");
    private static final DeviceId SECOND = DeviceId.of("disk1");
    private static final DeviceId EXTRA = DeviceId.of("extra");
    private static final Duration RELEASE = Duration.ofMinutes(1);

    private final Hypervisor hypervisor;
    private final TestMachines machines;
    private final Guest guest;
    private final Consumer<MachineSpec> awaitUp;

    HotPlugRules(Hypervisor hypervisor, TestMachines machines, Guest guest, Consumer<MachineSpec> awaitUp) {
        this.hypervisor = hypervisor;
        this.machines = machines;
        this.guest = guest;
        this.awaitUp = awaitUp;
    }

    private static HotPlug plug(Vmm vmm) {
        assumeTrue(
                vmm.hotPlug().isPresent(),
                "NOT TESTED: this hypervisor does not change the devices of a machine that runs");
        return vmm.hotPlug().orElseThrow();
    }

    private MachineSpec machine() {
        return machines.machine(guest, Lifetime.DURABLE);
    }

    void aDiskIsAddedOnceAndFreeAgainWhenTheGuestHasLetGoOfIt() {
        MachineSpec machine = machine();
        MachineSpec.Disk disk = machines.newDiskFor(machine);
        MachineSpec other = TestMachines.withDisks(machine(), List.of(disk));
        try (Vmm vmm = hypervisor.start(machine)) {
            HotPlug plug = plug(vmm);
            awaitUp.accept(machine);
            Path root = machine.disks().get(0).path();
            assertThat(plug.disks()).isEqualTo(Map.of(ROOT, root));

            plug.addDisk(EXTRA, disk);
            plug.addDisk(EXTRA, disk);

            assertFails(ErrorCode.WRONG_STATE, () -> plug.addDisk(EXTRA, machines.newDiskFor(machine)));
            try (Vmm found = hypervisor.find(machine.place()).orElseThrow()) {
                assertThat(found.hotPlug().orElseThrow().disks()).isEqualTo(Map.of(ROOT, root, EXTRA, disk.path()));
            }
            assertFails(
                    ErrorCode.HYPERVISOR_ERROR, () -> hypervisor.start(other).close());
            hypervisor.remove(other.place());

            plug.remove(EXTRA, RELEASE);
            plug.remove(EXTRA, RELEASE);

            assertThat(plug.disks()).isEqualTo(Map.of(ROOT, root));
            hypervisor.start(other).close();
        }
    }

    void aDiskThatTheMachineWasStartedWithIsTakenAwayAndAnotherTakesItsPlace() {
        MachineSpec other = machine();
        MachineSpec.Disk disk = machines.newDiskFor(other);
        MachineSpec one = machine();
        MachineSpec machine = TestMachines.withDisks(one, List.of(one.disks().get(0), disk));
        try (Vmm vmm = hypervisor.start(machine);
                Vmm otherVmm = hypervisor.start(other)) {
            HotPlug plug = plug(vmm);
            awaitUp.accept(machine);
            assertFails(ErrorCode.HYPERVISOR_ERROR, () -> plug(otherVmm).addDisk(EXTRA, disk));
            assertThat(plug(otherVmm).disks()).doesNotContainKey(EXTRA);

            plug.remove(SECOND, RELEASE);

            assertThat(plug.disks()).doesNotContainKey(SECOND);
            plug(otherVmm).addDisk(EXTRA, disk);
            assertFails(ErrorCode.HYPERVISOR_ERROR, () -> plug.addDisk(SECOND, disk));
            plug.addDisk(SECOND, machines.newDiskFor(machine));
        }
    }

    void whatIsNoDiskIsNotAddedAndTheMachineRunsOn() {
        MachineSpec machine = machine();
        MachineSpec.Disk disk = machines.newDiskFor(machine);
        MachineSpec.Disk none =
                new MachineSpec.Disk(Path.of("/no/such/disk"), disk.format(), disk.base(), disk.access());
        try (Vmm vmm = hypervisor.start(machine)) {
            HotPlug plug = plug(vmm);
            awaitUp.accept(machine);

            assertFails(ErrorCode.HYPERVISOR_ERROR, () -> plug.addDisk(EXTRA, none));

            assertThat(plug.disks()).containsOnlyKeys(ROOT);
            plug.addDisk(EXTRA, disk);
            assertThat(plug.disks()).containsEntry(EXTRA, disk.path());
            vmm.kill();
            assertFails(ErrorCode.HYPERVISOR_ERROR, plug::disks);
        }
    }

    void aDiskGrowsWhileTheMachineRuns() {
        MachineSpec machine = machine();
        try (Vmm vmm = hypervisor.start(machine)) {
            HotPlug plug = plug(vmm);
            awaitUp.accept(machine);
            ByteSize size = TestMachines.grown(machine.disks().get(0).path());

            plug.growDisk(ROOT, size);
            plug.growDisk(ROOT, size);

            assertThat(machine.disks().get(0).path()).hasSize(size.bytes());
            assertFails(ErrorCode.HYPERVISOR_ERROR, () -> plug.growDisk(EXTRA, size));
        }
    }

    void aMachineGetsCpusAndMemoryAsFarAsItMayGrow() {
        MachineSpec machine = TestMachines.growing(machine(), new Growth(2, ByteSize.mib(512)));
        try (Vmm vmm = hypervisor.start(machine)) {
            assumeTrue(
                    vmm.sizing().isPresent(),
                    "NOT TESTED: this hypervisor gives a machine that runs no other CPUs and no other memory");
            Sizing sizing = vmm.sizing().orElseThrow();
            awaitUp.accept(machine);
            assertThat(sizing.bounds()).isEqualTo(new Sizing.Bounds(2, ByteSize.mib(512)));

            sizing.resizeCpus(2);
            sizing.resizeCpus(2);
            sizing.resizeMemory(ByteSize.mib(512));
            sizing.resizeMemory(ByteSize.mib(512));

            assertFails(ErrorCode.HYPERVISOR_ERROR, () -> sizing.resizeCpus(3));
            assertFails(ErrorCode.HYPERVISOR_ERROR, () -> sizing.resizeMemory(ByteSize.mib(1024)));
            assertThat(vmm.pid()).isPresent();
        }
    }
}
