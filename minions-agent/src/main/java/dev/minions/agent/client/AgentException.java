package dev.minions.agent.client;

import dev.minions.agent.protocol.Failure;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The agent, or the way to it, did not do what was asked. */
public final class AgentException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final Failure failure;

    /** What a caller can do about it. */
    public enum Reason {
        /** Nothing came within the limit. The connection is as it was. */
        TIMED_OUT,
        /** The connection is over, or the agent has started anew: what was under way is lost; attach again. */
        LOST,
        /** The agent said no; {@link AgentException#failure} and the message say why. */
        REFUSED,
        /** What came is not the protocol. The connection is over. */
        PROTOCOL,
        /** Another VM answers there. Nothing was asked of it. */
        WRONG_GUEST,
        /** This agent is too old to know the request. */
        UNSUPPORTED
    }

    AgentException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.failure = Failure.FAILED;
    }

    AgentException(Reason reason, String message) {
        this(reason, message, null);
    }

    AgentException(Failure failure, String message) {
        super(message);
        this.reason = Reason.REFUSED;
        this.failure = failure;
    }

    /** What a caller can do about it. */
    public Reason reason() {
        return reason;
    }

    /** Why the agent said no, if {@link #reason} is {@link Reason#REFUSED}. */
    public Failure failure() {
        return failure;
    }
}
