package dev.minions.hypervisor.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.minions.ByteSize;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.DeviceId;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.HotPlug;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.Nic;
import dev.minions.spi.Vmm;
import dev.minions.spi.process.HostCommand;
import dev.minions.spi.process.HostProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Devices that come to a machine that runs, and go from it; the rest is in the contract. */
class QemuChangeTest extends QemuCase {
    private static final DeviceId EXTRA = DeviceId.of("extra");

    @Test
    void aGuestThatHoldsOnToADiskIsNotWaitedForForEverAndKeepsIt() throws IOException {
        MachineSpec.Disk disk = rawDisk("extra");
        MachineSpec machine = machine(TestGuest.Deed.HALT);
        try (Vmm vmm = qemu.start(machine)) {
            HotPlug plug = vmm.hotPlug().orElseThrow();
            plug.addDisk(EXTRA, disk);
            for (int i = 0; i < 2; i++) {
                assertThatExceptionOfType(MinionsException.class)
                        .isThrownBy(() -> plug.remove(EXTRA, Duration.ofMillis(200)))
                        .returns(ErrorCode.HYPERVISOR_ERROR, MinionsException::code)
                        .withMessageContaining("remove device 'extra' from vm "
                                + machine.place().vm())
                        .withMessageContaining("the guest has not let go of it within 200 ms");
            }
            assertThat(plug.disks()).isEqualTo(Map.of(EXTRA, disk.path()));
            plug.addDisk(EXTRA, disk);
        }
    }

    @Test
    void aCopyOnWriteLayerIsAddedAndFreeAgainWithAllItStandsOn() throws IOException {
        MachineSpec.Disk base = rawDisk("base");
        MachineSpec.Disk layer = layerOn(base);
        MachineSpec machine = machine(TestGuest.Deed.WAIT_FOR_BUTTON);
        try (Vmm vmm = qemu.start(machine)) {
            HotPlug plug = vmm.hotPlug().orElseThrow();
            awaitConsole(machine, TestGuest.LISTENING);
            plug.addDisk(EXTRA, layer);
            assertThat(plug.disks()).isEqualTo(Map.of(EXTRA, layer.path()));
            plug.remove(EXTRA, SOON);
            plug.addDisk(EXTRA, base);
        }
    }

    @Test
    void aCopyOnWriteLayerIsMadeLargerByQemuItself() throws IOException {
        MachineSpec.Disk layer = layerOn(rawDisk("base"));
        DeviceId first = DeviceId.of("disk0");
        try (Vmm vmm = qemu.start(machine(TestGuest.Deed.HALT, List.of(layer), List.of()))) {
            HotPlug plug = vmm.hotPlug().orElseThrow();
            assertThat(plug.disks()).isEqualTo(Map.of(first, layer.path()));
            plug.growDisk(first, ByteSize.mib(4));
        }
        HostCommand info = HostCommand.of("qemu-img", "info", "-U", layer.path().toString());
        assertThat(info.run().stdout()).contains("virtual size: 4 MiB");
    }

    private MachineSpec.Disk layerOn(MachineSpec.Disk base) {
        assumeTrue(HostProgram.find("qemu-img").isPresent(), "NOT TESTED: needs qemu-img");
        Path layer = root.resolve("layer");
        String under = base.path().toString();
        HostCommand.of("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", under, layer.toString())
                .run();
        return new MachineSpec.Disk(layer, DiskFormat.QCOW2, Optional.of(base.path()), MachineSpec.Access.READ_WRITE);
    }

    @Test
    void aCardIsAddedOnceAndItsNetworkIsFreeWhenTheGuestHasLetGoOfIt() throws IOException {
        MachineSpec machine = machine(TestGuest.Deed.WAIT_FOR_BUTTON);
        Nic nic = new Nic("52:54:00:00:00:0b", new Nic.Endpoint.Isolated(List.of(), "10.0.0.2/16", "10.0.0.1"));
        try (Vmm vmm = qemu.start(machine)) {
            HotPlug plug = vmm.hotPlug().orElseThrow();
            awaitConsole(machine, TestGuest.LISTENING);
            for (int i = 0; i < 2; i++) {
                plug.addNic(EXTRA, nic);
                plug.addNic(EXTRA, nic);
                plug.remove(EXTRA, SOON);
                plug.remove(EXTRA, SOON);
            }
            assertThat(plug.disks()).isEmpty();
        }
    }

    @Test
    void asManyDisksAsThereIsRoomForAreAddedAndNoMore() throws IOException {
        MachineSpec machine = machine(TestGuest.Deed.HALT);
        try (Vmm vmm = qemu.start(machine)) {
            HotPlug plug = vmm.hotPlug().orElseThrow();
            for (int i = 0; i < 32; i++) {
                plug.addDisk(DeviceId.of("extra-" + i), rawDisk("extra-" + i));
            }
            MachineSpec.Disk last = rawDisk("last");
            assertThatExceptionOfType(MinionsException.class)
                    .isThrownBy(() -> plug.addDisk(EXTRA, last))
                    .returns(ErrorCode.HYPERVISOR_ERROR, MinionsException::code);
            assertThat(plug.disks()).hasSize(32);
            qemu.start(machine(TestGuest.Deed.HALT, List.of(last), List.of())).close();
        }
    }
}
