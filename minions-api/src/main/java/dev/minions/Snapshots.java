package dev.minions;

import java.util.List;

/**
 * The snapshots of a VM's own disks; what it was given of the host's ({@link VmSpec#attached}) is in none. Removed with
 * the VM. A handle: it holds no state, costs nothing, and may be used from any thread.
 */
public interface Snapshots {
    /** Makes one called after the time, with {@link SnapshotOptions#defaults}. */
    default SnapshotInfo create() {
        return create(SnapshotOptions.defaults());
    }

    /** Makes one of that name. */
    default SnapshotInfo create(String name) {
        return create(SnapshotOptions.defaults().name(SnapshotName.of(name)));
    }

    /**
     * Keeps what the disks hold now, of a VM that is {@link VmState#STOPPED}, {@link VmState#FAILED} or
     * {@link VmState#RUNNING}. The guest of a running one is told to write everything and to stand still meanwhile, for
     * two seconds at the very most: it lets go by itself when the time is over, whatever becomes of the host.
     *
     * @throws dev.minions.error.MinionsException {@code SNAPSHOT_EXISTS}; {@code NO_SPACE}; {@code WRONG_STATE} if the
     *     VM is in another state, or its disks take longer to copy than a guest may stand still;
     *     {@code NOT_SUPPORTED} if its volumes or its agent cannot. Then there is no snapshot
     */
    SnapshotInfo create(SnapshotOptions options);

    /** All of them, the oldest first. */
    List<SnapshotInfo> list();

    /** Restores with {@link SnapshotOptions#defaults}. */
    default void restore(String name) {
        restore(SnapshotName.of(name), SnapshotOptions.defaults());
    }

    /**
     * Makes the disks of a VM that is {@link VmState#STOPPED} or {@link VmState#FAILED} hold again what they held then,
     * and have the size they had. What they hold now is gone. All of them or none: a call that fails, or whose process
     * is killed, leaves the old disks whole or has restored them all. The snapshot stays.
     *
     * @param options its name is not looked at
     * @throws dev.minions.error.MinionsException {@code SNAPSHOT_NOT_FOUND}; {@code WRONG_STATE}; {@code NO_SPACE}
     */
    void restore(SnapshotName name, SnapshotOptions options);

    /** Deletes with {@link SnapshotOptions#defaults}. */
    default void delete(String name) {
        delete(SnapshotName.of(name), SnapshotOptions.defaults());
    }

    /**
     * Removes a snapshot, of a VM in any state. Its disks and other snapshots stay as they are.
     *
     * @param options its name is not looked at
     * @throws dev.minions.error.MinionsException {@code SNAPSHOT_NOT_FOUND}
     */
    void delete(SnapshotName name, SnapshotOptions options);
}
