package dev.minions.agent.protocol;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why an agent did not do what it was asked: the {@code code} of an answer whose status is {@code error}. */
public enum Failure {
    /** The request lacks a field, or one is not what it must be. */
    BAD_REQUEST,
    /** This agent does not know that type of request. */
    UNKNOWN_TYPE,
    /** The program to run, or the file to read, is not there. */
    NOT_FOUND,
    /** The program to run is there and cannot be run. */
    NOT_EXECUTABLE,
    /** Too much is under way already. */
    BUSY,
    /** The guest cannot do that at all. */
    UNSUPPORTED,
    /** It was tried and did not work; the message says why. Also what an existing agent means, who has no codes. */
    FAILED;

    private static final int SHELL_FAILED = 125;
    private static final int SHELL_NOT_EXECUTABLE = 126;
    private static final int SHELL_NOT_FOUND = 127;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The word on the wire. */
    public String text() {
        return text;
    }

    /** What a shell's exit status would be, had this kept a command from running. */
    public int shellCode() {
        return this == NOT_FOUND ? SHELL_NOT_FOUND : this == NOT_EXECUTABLE ? SHELL_NOT_EXECUTABLE : SHELL_FAILED;
    }

    /** The failure of that word; {@link #FAILED} for none, and for one of a newer agent. */
    public static Failure of(@Nullable String text) {
        for (Failure failure : values()) {
            if (failure.text.equals(text)) {
                return failure;
            }
        }
        return FAILED;
    }
}
