package dev.minions.spi.process;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.time.Duration;

/** Makes the failures of this package. */
final class Failures {
    private Failures() {}

    static MinionsException failure(ErrorCode code, String message) {
        return new MinionsException(code, message);
    }

    /** The message of a file system's exception is often only the path; its class says what is wrong with it. */
    static MinionsException io(String doing, IOException cause) {
        return new MinionsException(
                ErrorCode.IO_ERROR, doing + ": " + cause.getClass().getSimpleName() + ": " + cause.getMessage(), cause);
    }

    /** Sets the interrupt flag again, so that whoever called knows too. */
    static MinionsException interrupted(String doing, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new MinionsException(ErrorCode.CALL_INTERRUPTED, doing + ": interrupted", cause);
    }

    /** A duration as people read it: {@code 250 ms}, {@code 10 s}. */
    static String text(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }
}
