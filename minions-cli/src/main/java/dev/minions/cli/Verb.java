package dev.minions.cli;

import dev.minions.error.MinionsException;

/** A command of the command line. */
interface Verb {
    /** What a command does to the host. */
    enum Effect {
        /** It only looks; a signal ends it as it ends any program. */
        READS,
        /** It changes what is there; a signal has it undone. */
        CHANGES,
        /** The same, and it makes the data directory if there is none. */
        MAKES
    }

    /** How it is written. */
    Syntax syntax();

    /** What it does to the host. */
    default Effect effect() {
        return Effect.READS;
    }

    /**
     * Does it.
     *
     * @return the exit code
     * @throws MinionsException if it did not happen
     * @throws IllegalArgumentException if it cannot be meant
     */
    int run(Session session);

    /** The exit code for a failure. */
    default int exitCode(MinionsException failure) {
        return Exit.FAILED;
    }

    /** The exit code for a fault of ours. */
    default int exitCodeOfFault() {
        return Exit.FAILED;
    }
}
