package dev.minions.event;

import dev.minions.OperationId;
import dev.minions.ProjectName;
import dev.minions.VmId;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Something that happened to a VM. Written in the same transaction as the change itself, so that an event is seen if
 * and only if the change is.
 *
 * @param cursor the event's place in the order of all events; grows, may have gaps, never repeats
 * @param at when, by the host's wall clock; for display, not for order
 * @param project the VM's project
 * @param vm the VM
 * @param type what happened
 * @param operation the operation that did it; empty for what nobody asked for, as a guest's own power-off
 * @param detail one line for people; may be empty
 */
public record Event(
        long cursor,
        Instant at,
        ProjectName project,
        VmId vm,
        Type type,
        Optional<OperationId> operation,
        String detail) {

    /** Checks that nothing is missing. */
    public Event {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(project, "project");
        Objects.requireNonNull(vm, "vm");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(operation, "operation");
        Objects.requireNonNull(detail, "detail");
    }

    /** What happened. It may grow, so keep a default. */
    public enum Type {
        /** The VM exists; it may or may not have been started yet. */
        CREATED,
        /** The guest's agent answered. */
        STARTED,
        /** The VM stopped: it was asked to, or the guest powered itself off. */
        STOPPED,
        /** The VM ended in a way nobody asked for. */
        FAILED,
        /** What the VM's disks held was kept; the detail is the snapshot's name. */
        SNAPSHOT_CREATED,
        /** The VM's disks hold again what a snapshot kept; the detail is its name. */
        SNAPSHOT_RESTORED,
        /** A snapshot was removed; the detail is its name. */
        SNAPSHOT_DELETED,
        /** The VM has another name, size or other disks than before; the detail says which. */
        CHANGED,
        /** The VM and all that was made for it are gone. */
        DESTROYED,
        /** An operation of an engine that died was undone or finished by another. */
        RECOVERED
    }
}
