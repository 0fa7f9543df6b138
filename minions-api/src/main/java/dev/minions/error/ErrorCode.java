package dev.minions.error;

import static dev.minions.error.MinionsException.Kind.ALREADY_EXISTS;
import static dev.minions.error.MinionsException.Kind.BACKEND;
import static dev.minions.error.MinionsException.Kind.CONFLICT;
import static dev.minions.error.MinionsException.Kind.EXHAUSTED;
import static dev.minions.error.MinionsException.Kind.INTERRUPTED;
import static dev.minions.error.MinionsException.Kind.NOT_FOUND;
import static dev.minions.error.MinionsException.Kind.TIMED_OUT;
import static dev.minions.error.MinionsException.Kind.UNSUPPORTED;

import dev.minions.error.MinionsException.Kind;
import java.util.Locale;

/**
 * The stable name of a failure, for logs, scripts and wire formats. A code keeps its meaning for ever; new ones may be
 * added, so a {@code switch} over codes needs a default. Programs that only decide what to do next branch on
 * {@link #kind} instead.
 */
public enum ErrorCode {
    /** No VM has that name or id in the project. */
    VM_NOT_FOUND(NOT_FOUND),
    /** No image of that name is known, or it is known and cannot be built here. */
    IMAGE_NOT_FOUND(NOT_FOUND),
    /** The VM has no snapshot of that name. */
    SNAPSHOT_NOT_FOUND(NOT_FOUND),
    /** A file, a program or a directory that the caller named is not there. */
    PATH_NOT_FOUND(NOT_FOUND),
    /** Another VM of the project has the name. */
    VM_EXISTS(ALREADY_EXISTS),
    /** The VM has a snapshot of that name. */
    SNAPSHOT_EXISTS(ALREADY_EXISTS),
    /** The idempotency key was used for another spec. */
    IDEMPOTENCY_MISMATCH(CONFLICT),
    /** Another operation on the VM did not end within the time the caller was willing to wait. */
    VM_BUSY(CONFLICT),
    /** The VM's state does not allow the operation. */
    WRONG_STATE(CONFLICT),
    /** The image has VMs standing on it. */
    IMAGE_IN_USE(CONFLICT),
    /** A host port is taken, by another VM or by another program. */
    PORT_IN_USE(CONFLICT),
    /** An id prefix fits more than one VM. */
    AMBIGUOUS_ID(CONFLICT),
    /** Another caller cancelled the operation, as kill and destroy do. */
    CANCELLED(CONFLICT),
    /** The data directory belongs to another machine or another path. */
    FOREIGN_INSTALLATION(CONFLICT),
    /** The database is not ours, or not a database. */
    FOREIGN_DATABASE(CONFLICT),
    /** The database was written by a newer version. */
    NEWER_DATABASE(UNSUPPORTED),
    /** The database is damaged. */
    CORRUPT_DATABASE(BACKEND),
    /** There are VMs on disk and no database that knows them. */
    MISSING_DATABASE(CONFLICT),
    /** No set of backends fits each other and this host. */
    NO_FITTING_BACKENDS(UNSUPPORTED),
    /** The VM needs a backend that this engine was not given. */
    BACKEND_MISSING(UNSUPPORTED),
    /** The backend, or the host, cannot do what was asked. */
    NOT_SUPPORTED(UNSUPPORTED),
    /** A program that is needed is not installed. */
    PROGRAM_MISSING(UNSUPPORTED),
    /** The host has not enough memory left. */
    NO_MEMORY(EXHAUSTED),
    /** The file system or the pool has not enough space left. */
    NO_SPACE(EXHAUSTED),
    /** Every address, CID or port of the range is in use. */
    NO_ADDRESS(EXHAUSTED),
    /** Every connection to the guest agent is in use. */
    NO_LANE(EXHAUSTED),
    /** The guest did not say that it is ready within its boot deadline. */
    BOOT_TIMEOUT(TIMED_OUT),
    /** The guest agent did not answer within the deadline. */
    AGENT_TIMEOUT(TIMED_OUT),
    /** A program on the host did not end within its deadline and was ended. */
    COMMAND_TIMEOUT(TIMED_OUT),
    /** The caller's thread was interrupted; what had begun was undone. */
    CALL_INTERRUPTED(INTERRUPTED),
    /** The VMM ended, or the guest powered off, while something waited for it. */
    VMM_EXITED(BACKEND),
    /** The agent answered with an error, or with something that is not the protocol. */
    AGENT_ERROR(BACKEND),
    /** The command is not there in the guest; a shell would say 127. */
    GUEST_COMMAND_NOT_FOUND(NOT_FOUND),
    /** The command is there in the guest and cannot be run; a shell would say 126. */
    GUEST_COMMAND_NOT_EXECUTABLE(BACKEND),
    /** A program on the host ended with an error. */
    COMMAND_FAILED(BACKEND),
    /** A file system operation ended with an error. */
    IO_ERROR(BACKEND),
    /** The state store did not answer, or refused. */
    STORE_ERROR(BACKEND),
    /** The hypervisor refused or broke. */
    HYPERVISOR_ERROR(BACKEND),
    /** An image could not be built or imported. */
    IMAGE_ERROR(BACKEND),
    /** A network could not be set up. */
    NETWORK_ERROR(BACKEND);

    private final Kind kind;
    private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

    ErrorCode(Kind kind) {
        this.kind = kind;
    }

    /** What a caller can do about it. */
    public Kind kind() {
        return kind;
    }

    /** The code as it stands in JSON and in HTTP problem types, for example {@code vm-not-found}. */
    public String text() {
        return text;
    }
}
