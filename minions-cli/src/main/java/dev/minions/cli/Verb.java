package dev.minions.cli;

import dev.minions.error.MinionsException;

/** A command of the command line. */
interface Verb {
    /** How it is written. */
    Syntax syntax();

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
