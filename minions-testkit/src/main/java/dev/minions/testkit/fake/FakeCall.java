package dev.minions.testkit.fake;

import static dev.minions.error.ErrorCode.AGENT_TIMEOUT;
import static dev.minions.error.ErrorCode.HYPERVISOR_ERROR;
import static dev.minions.error.ErrorCode.IMAGE_ERROR;
import static dev.minions.error.ErrorCode.IO_ERROR;
import static dev.minions.error.ErrorCode.NETWORK_ERROR;
import static dev.minions.error.ErrorCode.NO_SPACE;
import static dev.minions.error.ErrorCode.STORE_ERROR;

import dev.minions.error.ErrorCode;

/** A call of a fake that a test can let go wrong, with the error it then meets unless told otherwise. */
public enum FakeCall {
    /** {@code VolumeBackend.clone}. */
    VOLUME_CLONE(NO_SPACE),
    /** {@code VolumeBackend.create}. */
    VOLUME_CREATE(NO_SPACE),
    /** {@code VolumeBackend.grow}. */
    VOLUME_GROW(NO_SPACE),
    /** {@code VolumeBackend.find} and {@code list}. */
    VOLUME_READ(IO_ERROR),
    /** {@code VolumeBackend.delete}. */
    VOLUME_DELETE(IO_ERROR),
    /** {@code VolumeSnapshots.create}. */
    SNAPSHOT_CREATE(NO_SPACE),
    /** {@code VolumeSnapshots.prepare}. */
    SNAPSHOT_PREPARE(NO_SPACE),
    /** {@code VolumeSnapshots.replace} and {@code discard}. */
    SNAPSHOT_RESTORE(IO_ERROR),
    /** {@code VolumeSnapshots.delete}. */
    SNAPSHOT_DELETE(IO_ERROR),
    /** {@code VolumeSnapshots.copy}. */
    VOLUME_COPY(NO_SPACE),
    /** {@code Network.attach}. */
    NETWORK_ATTACH(NETWORK_ERROR),
    /** {@code Network.detach}. */
    NETWORK_DETACH(NETWORK_ERROR),
    /** {@code Hypervisor.start}. */
    VMM_START(HYPERVISOR_ERROR),
    /** {@code Hypervisor.find}. */
    VMM_FIND(HYPERVISOR_ERROR),
    /** {@code Hypervisor.remove}. */
    VMM_REMOVE(HYPERVISOR_ERROR),
    /** {@code Vmm.kill}. */
    VMM_KILL(HYPERVISOR_ERROR),
    /** {@code Vmm.pressPowerButton}. */
    POWER_BUTTON(HYPERVISOR_ERROR),
    /** {@code HotPlug.disks}. */
    DEVICE_READ(HYPERVISOR_ERROR),
    /** {@code HotPlug.addDisk} and {@code addNic}. */
    DEVICE_ADD(HYPERVISOR_ERROR),
    /** {@code HotPlug.remove}. */
    DEVICE_REMOVE(HYPERVISOR_ERROR),
    /** {@code HotPlug.growDisk}. */
    DISK_GROW(HYPERVISOR_ERROR),
    /** {@code Sizing.resizeCpus} and {@code resizeMemory}. */
    MACHINE_RESIZE(HYPERVISOR_ERROR),
    /** {@code GuestChannel.open}. */
    CHANNEL_OPEN(AGENT_TIMEOUT),
    /** {@code ImageSource.build}. */
    IMAGE_BUILD(IMAGE_ERROR),
    /** {@code StateStore.read}. */
    STORE_READ(STORE_ERROR),
    /** {@code StateStore.write}. */
    STORE_WRITE(STORE_ERROR);

    private final ErrorCode error;

    FakeCall(ErrorCode error) {
        this.error = error;
    }

    /** The error it meets unless told otherwise. */
    public ErrorCode error() {
        return error;
    }

    /** Whether it leaves everything as it is. */
    public boolean isRead() {
        return this == VOLUME_READ || this == VMM_FIND || this == DEVICE_READ || this == STORE_READ;
    }
}
