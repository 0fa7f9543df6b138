package dev.minions;

/**
 * Is told how far a call has come. Called by the thread that works, one call at a time, in order; it should return at
 * once, since the work waits for it. What it throws ends the call.
 */
@FunctionalInterface
public interface ProgressListener {
    /** Hears nothing. */
    ProgressListener NONE = progress -> {};

    /** The call has come that far. */
    void onProgress(Progress progress);

    /** A step begins. */
    default void step(String step) {
        onProgress(Progress.of(step));
    }
}
