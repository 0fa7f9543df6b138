package dev.minions.spi;

import dev.minions.OperationId;
import dev.minions.ProjectName;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.event.Event;
import java.util.List;
import java.util.Optional;

/** What is known, at one moment. Valid only within the call it was passed to. */
public interface StateView {
    /** The VM of that id. */
    Optional<VmRecord> vm(VmId id);

    /** The VM of that name. */
    Optional<VmRecord> vm(ProjectName project, VmName name);

    /** The VM that was created under that idempotency key. */
    Optional<VmRecord> vmByKey(ProjectName project, String idempotencyKey);

    /** All VMs, of one project or of all if empty, in the order of their creation. */
    List<VmRecord> vms(Optional<ProjectName> project);

    /** The snapshots of a VM, or of all VMs if empty, in the order of their creation. */
    List<SnapshotRecord> snapshots(Optional<VmId> vm);

    /** The unfinished operation on a VM. */
    Optional<OperationRecord> openOperation(VmId vm);

    /** All unfinished operations, the oldest first. */
    List<OperationRecord> openOperations();

    /** An operation, finished or not, while it is kept. */
    Optional<OperationRecord> operation(OperationId id);

    /** Engines that registered and did not deregister, alive or not. */
    List<String> instances();

    /** The lanes of a VM's guest channel that are held. */
    List<LaneClaim> lanes(VmId vm);

    /** All images, in the order of their creation. */
    List<ImageRecord> images();

    /** Events after a cursor, in order. */
    List<Event> events(Optional<ProjectName> project, long cursor, int limit);

    /**
     * A lane of a guest channel and the engine that has it.
     *
     * @param lane the number
     * @param instance the engine
     */
    record LaneClaim(int lane, String instance) {}
}
