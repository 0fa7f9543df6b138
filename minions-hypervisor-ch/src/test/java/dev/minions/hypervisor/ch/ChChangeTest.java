package dev.minions.hypervisor.ch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.minions.ByteSize;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.DeviceId;
import dev.minions.spi.HotPlug;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.MemorySnapshots;
import dev.minions.spi.Nic;
import dev.minions.spi.Pausing;
import dev.minions.spi.Sizing;
import dev.minions.spi.Vmm;
import dev.minions.testkit.cloudhypervisor.FakeCloudHypervisor;
import dev.minions.testkit.cloudhypervisor.FakeCloudHypervisor.Release;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Machines that are changed, paused and saved while they run. */
class ChChangeTest extends ChCase {
    private static final FakeCloudHypervisor SOUND = FakeCloudHypervisor.of(Release.V53);

    @Test
    void aGuestThatHoldsOnToADeviceIsNotWaitedForForEver() throws IOException {
        try (Vmm vmm = hypervisor(SOUND).start(machine("guest.keeps-devices", List.of(disk("root"))))) {
            awaitUp(vmm);
            assertThatExceptionOfType(MinionsException.class)
                    .isThrownBy(() -> vmm.hotPlug().orElseThrow().remove(DeviceId.of("disk0"), Duration.ofMillis(200)))
                    .returns(ErrorCode.HYPERVISOR_ERROR, MinionsException::code)
                    .withMessageContaining("has not let go of it within 200 ms");
        }
    }

    @Test
    void underLandlockADiskThatTheVmmCannotOpenIsRefusedWithTheReason() throws IOException {
        HostLayers confining = new HostLayers(Optional.empty(), Optional.empty(), true, false, true);
        try (Vmm vmm = hypervisor(SOUND.withLandlock(3), confining).start(machine("quiet"))) {
            awaitUp(vmm);
            HotPlug plug = vmm.hotPlug().orElseThrow();
            MachineSpec.Disk disk = disk("data");
            assertThatExceptionOfType(MinionsException.class)
                    .isThrownBy(() -> plug.addDisk(DeviceId.of("data"), disk))
                    .returns(ErrorCode.HYPERVISOR_ERROR, MinionsException::code)
                    .withMessageContaining("Landlock keeps the VMM to the files it was started with")
                    .withMessageContaining("stop the VM first");
        }
    }

    @Test
    void cardsAreAddedAndRemoved() throws IOException {
        try (Vmm vmm = hypervisor(SOUND).start(machine("quiet"))) {
            awaitUp(vmm);
            HotPlug plug = vmm.hotPlug().orElseThrow();
            plug.addNic(DeviceId.of("lan"), new Nic("52:54:00:00:00:0b", new Nic.Endpoint.Tap("mntap1")));
            plug.remove(DeviceId.of("lan"), SOON);
        }
    }

    @Test
    void aSizeThatCannotBeHadIsRefusedInTheHypervisorsOwnWords() throws IOException {
        try (Vmm vmm = hypervisor(SOUND).start(machine("quiet"))) {
            awaitUp(vmm);
            Sizing sizing = vmm.sizing().orElseThrow();
            sizing.resizeCpus(4);
            sizing.resizeMemory(ByteSize.mib(512));
            sizing.resizeMemory(ByteSize.mib(256));

            assertThatExceptionOfType(MinionsException.class)
                    .isThrownBy(() -> sizing.resizeCpus(5))
                    .withMessageContaining("Requested vCPUs exceed maximum");
            assertThatExceptionOfType(MinionsException.class)
                    .isThrownBy(() -> sizing.resizeMemory(ByteSize.mib(514)))
                    .withMessageContaining("bigger than region_size");
            assertThatExceptionOfType(MinionsException.class)
                    .isThrownBy(() -> sizing.resizeMemory(ByteSize.mib(257)))
                    .withMessageContaining("not aligned on block_size 0x200000");
        }
    }

    @Test
    void pausingAndResumingTwiceIsSuccess() throws IOException {
        try (Vmm vmm = hypervisor(SOUND).start(machine("quiet"))) {
            awaitUp(vmm);
            Pausing pausing = vmm.pausing().orElseThrow();
            pausing.pause();
            pausing.pause();
            assertThat(pausing.isPaused()).isTrue();
            pausing.resume();
            pausing.resume();
            assertThat(pausing.isPaused()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(Release.class)
    void aSavedMachineGoesOnElsewhereWithOtherPathsAndAddresses(Release release) throws IOException {
        Hypervisor hypervisor = hypervisor(FakeCloudHypervisor.of(release));
        MemorySnapshots snapshots = hypervisor.memorySnapshots().orElseThrow();
        MachineSpec machine = machine("quiet", List.of(disk("first")));
        Path saved = machine.place().records().resolve("saved");
        MachineSpec copy = machine("quiet", List.of(disk("second")));
        try (Vmm vmm = hypervisor.start(machine)) {
            awaitUp(vmm);
            assertThatExceptionOfType(MinionsException.class)
                    .isThrownBy(() -> snapshots.save(machine.place(), saved))
                    .returns(ErrorCode.WRONG_STATE, MinionsException::code)
                    .withMessageContaining("it is not paused");
            vmm.pausing().orElseThrow().pause();
            snapshots.save(machine.place(), saved);
            vmm.pausing().orElseThrow().resume();

            for (int i = 0; i < 2; i++) {
                try (Vmm restored = snapshots.restore(copy, saved)) {
                    assertThat(restored.pausing().orElseThrow().isPaused()).isTrue();
                    restored.pausing().orElseThrow().resume();
                    awaitUp(restored);
                    assertThat(vmm.pid()).as("both run").isPresent();
                    restored.kill();
                }
            }
        }
        assertThat(saved.resolve("memory-ranges")).hasSize(256L * 1024 * 1024);
    }

    @Test
    void aMachineOfAnotherShapeIsNotRestored() throws IOException {
        Hypervisor hypervisor = hypervisor(SOUND);
        MemorySnapshots snapshots = hypervisor.memorySnapshots().orElseThrow();
        MachineSpec machine = machine("quiet");
        Path saved = machine.place().records().resolve("saved");
        try (Vmm vmm = hypervisor.start(machine)) {
            awaitUp(vmm);
            vmm.pausing().orElseThrow().pause();
            snapshots.save(machine.place(), saved);
        }

        assertThatIllegalArgumentException()
                .isThrownBy(() -> snapshots.restore(machine("quiet", List.of(disk("more"))), saved))
                .withMessageContaining("it has 1 disks, the saved one has 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> snapshots.save(machine.place(), root.resolve("elsewhere")));
        assertThat(Files.exists(root.resolve("elsewhere"))).isFalse();
    }
}
