package dev.minions.core.engine;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.util.function.Supplier;

/**
 * What a change says that its caller interrupted. Whatever it was waiting for, and however that took the interrupt, is
 * the cause; the sentence says what became of the change.
 */
public final class Interruption {
    private Interruption() {}

    /** Whether the caller wants no more: its thread is interrupted, or something it waited for says so. */
    public static boolean ended(RuntimeException failure) {
        return Thread.currentThread().isInterrupted()
                || (failure instanceof MinionsException known && known.code() == ErrorCode.CALL_INTERRUPTED);
    }

    /**
     * Makes the failure, and sets the thread's interrupt again.
     *
     * @param what the change, for example {@code create vm 'web'}
     * @param outcome what became of it
     */
    public static MinionsException of(String what, String outcome, Throwable cause) {
        Thread.currentThread().interrupt();
        return new MinionsException(ErrorCode.CALL_INTERRUPTED, what + ": interrupted; " + outcome, cause);
    }

    /** Makes a change, whose operation has its own sentence; what is interrupted outside of it has changed nothing. */
    static <T> T named(String what, Supplier<T> change) {
        return named(what, change, true);
    }

    /** Does what comes before a change; what else it began has undone itself. */
    static <T> T before(String what, Supplier<T> preparation) {
        return named(what, preparation, false);
    }

    private static <T> T named(String what, Supplier<T> call, boolean operationSpeaks) {
        try {
            return call.get();
        } catch (RuntimeException failure) {
            boolean said = failure instanceof MinionsException known
                    && known.operation().isPresent();
            if (!ended(failure) || (operationSpeaks && said)) {
                throw failure;
            }
            throw of(what, "nothing was changed", failure);
        }
    }
}
