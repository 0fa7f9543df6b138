package dev.minions.error;

import dev.minions.OperationId;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something Minions was asked to do did not happen. What it had begun has been undone, except {@link #leftovers}.
 *
 * <p>Misuse of the API is not reported with this type but with {@link IllegalArgumentException} or
 * {@link NullPointerException}, before anything is done. A guest's non-zero exit code is a result and no exception.
 */
public class MinionsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What a caller can do about a failure. Branch on this, never on the message. It may grow, so keep a default. */
    public enum Kind {
        /** What was named is not there. */
        NOT_FOUND,
        /** What should be made is there already. */
        ALREADY_EXISTS,
        /** Something else is in the way now; the same call may succeed later or after another call. */
        CONFLICT,
        /** This host, or this set of backends, cannot do it. */
        UNSUPPORTED,
        /** Memory, space, addresses or connections have run out. */
        EXHAUSTED,
        /** A deadline passed. */
        TIMED_OUT,
        /** The calling thread was interrupted. */
        INTERRUPTED,
        /** A program, a device or a guest that Minions depends on refused or broke. */
        BACKEND
    }

    /** The code of the failure; the kind follows from it. */
    private final ErrorCode code;

    /** The operation the failure belongs to, once it has one. */
    private transient @Nullable OperationId operation;

    /**
     * Makes a failure without a cause.
     *
     * @param code what happened
     * @param message operation, object and fact, for example
     *     {@code create vm 'a': 9.0 GiB asked, 3.1 GiB free on /var/lib/minions; free some or pass a smaller --disk}
     */
    public MinionsException(ErrorCode code, String message) {
        this(code, message, null);
    }

    /**
     * Makes a failure.
     *
     * @param code what happened
     * @param message operation, object and fact, without a full stop and without secrets
     * @param cause what brought it about
     */
    public MinionsException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code, "code");
    }

    /** Operation, object and fact, in one sentence without a full stop. */
    @Override
    public final String getMessage() {
        return Objects.requireNonNullElse(super.getMessage(), code.text());
    }

    /** The stable name of the failure. */
    public final ErrorCode code() {
        return code;
    }

    /** What a caller can do about it. */
    public final Kind kind() {
        return code.kind();
    }

    /** The operation it ended, as the journal, the log and the events name it; empty before one was begun. */
    public final Optional<OperationId> operation() {
        return Optional.ofNullable(operation);
    }

    /** Notes the operation that this failure ended, once; a later call changes nothing. Returns this exception. */
    public final MinionsException during(OperationId id) {
        if (operation == null) {
            operation = id;
        }
        return this;
    }

    /** What is still on the host because undoing it failed too; empty nearly always. The journal has it as well. */
    public final List<String> leftovers() {
        return Arrays.stream(getSuppressed())
                .filter(LeftoverException.class::isInstance)
                .map(Throwable::getMessage)
                .toList();
    }
}
