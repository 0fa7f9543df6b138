package dev.minions.agent.guest;

import dev.minions.agent.protocol.Answer;
import dev.minions.agent.protocol.Failure;

/** A request that the agent does not fulfil, as its answer will say it. */
final class GuestFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final Failure failure;

    GuestFailure(Failure failure, String message) {
        super(message);
        this.failure = failure;
    }

    Answer.Failed answer() {
        return new Answer.Failed(failure, String.valueOf(getMessage()));
    }
}
