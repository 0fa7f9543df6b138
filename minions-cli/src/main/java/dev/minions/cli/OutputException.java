package dev.minions.cli;

import java.io.IOException;
import java.util.Objects;

/** Nobody takes what we print: the other end of a pipe is gone, or the disk it goes to is full. */
final class OutputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutputException(IOException cause) {
        super("standard output: " + cause.getMessage(), cause);
    }

    /** Whether a reader went away, as {@code head} does when it has seen enough. */
    boolean nobodyReads() {
        return Objects.requireNonNullElse(getMessage(), "").contains("Broken pipe");
    }
}
