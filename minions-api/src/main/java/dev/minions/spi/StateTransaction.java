package dev.minions.spi;

import dev.minions.ImageRef;
import dev.minions.OperationId;
import dev.minions.ProjectName;
import dev.minions.VmId;
import dev.minions.event.Event;
import java.util.Optional;

/** Changes that appear together or not at all. Valid only within the call it was passed to. */
public interface StateTransaction extends StateView {
    /** Registers an engine that holds its instance lock. */
    void addInstance(String instance);

    /** Forgets an engine, and frees the lanes it held. Nothing if it is not there. */
    void removeInstance(String instance);

    /**
     * The lowest CID from 3 on that no VM has and that was not given back within the last two minutes, unless nothing
     * else is free.
     *
     * @throws dev.minions.error.MinionsException {@code NO_ADDRESS} if all are taken
     */
    long freeCid();

    /**
     * The lowest address of the plan that no VM has, by the same rule as {@link #freeCid}.
     *
     * @throws dev.minions.error.MinionsException {@code NO_ADDRESS} if all are taken
     */
    long freeAddress(AddressPlan plan);

    /**
     * Adds a VM, with its forwards.
     *
     * @throws dev.minions.error.MinionsException {@code VM_EXISTS}; {@code PORT_IN_USE} naming port and holder;
     *     {@code IMAGE_NOT_FOUND} if its image has gone meanwhile
     */
    void addVm(VmRecord vm);

    /**
     * Replaces what is known of a VM.
     *
     * @throws dev.minions.error.MinionsException {@code VM_NOT_FOUND}; {@code VM_EXISTS} if it takes a name in use
     */
    void updateVm(VmRecord vm);

    /**
     * Adds a snapshot of a VM that is there.
     *
     * @throws dev.minions.error.MinionsException {@code SNAPSHOT_EXISTS} if the VM has one of that name;
     *     {@code VM_NOT_FOUND}
     */
    void addSnapshot(SnapshotRecord snapshot);

    /** Forgets a snapshot. Nothing if it is not there. */
    void removeSnapshot(VmId vm, String id);

    /** Forgets a VM with its snapshots, forwards and lanes; its CID and address are kept back for a while. */
    void removeVm(VmId id);

    /**
     * Begins an operation: from now on it is the VM's lock.
     *
     * @throws dev.minions.error.MinionsException {@code VM_BUSY} if the VM has an unfinished one
     */
    void openOperation(OperationRecord operation);

    /**
     * Replaces what is known of an unfinished operation. Nothing if it is finished. A cancel that was requested stays
     * requested, as its owner may not have heard of it yet.
     */
    void updateOperation(OperationRecord operation);

    /** Asks the owner of an unfinished operation to give up. Nothing if it is finished. */
    void requestCancel(OperationId id);

    /** Ends an operation and frees its VM. Nothing if it is finished. */
    void closeOperation(OperationId id, OperationRecord.Outcome outcome);

    /**
     * Takes a lane of a VM's guest channel for an engine.
     *
     * @return false if another engine has it
     */
    boolean claimLane(VmId vm, int lane, String instance);

    /** Gives a lane back. Nothing if the engine does not hold it. */
    void releaseLane(VmId vm, int lane, String instance);

    /** Adds an image, or replaces what is known of it. Its names are taken from other images. */
    void putImage(ImageRecord image);

    /**
     * Forgets an image.
     *
     * @throws dev.minions.error.MinionsException {@code IMAGE_IN_USE} if a VM stands on it
     */
    void removeImage(ImageRef digest);

    /** Appends an event and returns its cursor. */
    long addEvent(ProjectName project, VmId vm, Event.Type type, Optional<OperationId> operation, String detail);
}
