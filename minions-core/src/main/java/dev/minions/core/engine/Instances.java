package dev.minions.core.engine;

import java.util.Optional;

/**
 * The engines of one data directory, told alive from dead by locks that the kernel frees when a process ends. Any
 * thread.
 */
public interface Instances extends AutoCloseable {
    /** This engine's name, registered and locked when it is first asked for. */
    String current();

    /**
     * Takes the place of an engine that is dead, so that nobody else recovers what it left.
     *
     * @return empty if it is alive, or another engine is recovering it now
     */
    Optional<Takeover> takeOver(String instance);

    /** Deregisters this engine. May be called again. */
    @Override
    void close();

    /** The lock of a dead engine, held. */
    interface Takeover extends AutoCloseable {
        /** Removes the dead engine's lock file: nothing of it is left to recover. */
        void forget();

        /** Lets go of the lock. */
        @Override
        void close();
    }
}
