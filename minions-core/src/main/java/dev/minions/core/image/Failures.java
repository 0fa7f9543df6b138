package dev.minions.core.image;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;

/** Makes the failures of this package. */
final class Failures {
    private static final String FULL = "No space left on device";

    private Failures() {}

    /** What the file system refused; a full one is named as such. */
    static MinionsException io(String doing, IOException cause) {
        if (cause instanceof ClosedByInterruptException) {
            return interrupted(doing, cause);
        }
        String reason = cause instanceof FileSystemException known && known.getReason() != null
                ? known.getReason()
                : String.valueOf(cause.getMessage());
        if (reason.contains(FULL)) {
            return new MinionsException(
                    ErrorCode.NO_SPACE, doing + ": the file system is full; free some space and run it again", cause);
        }
        return new MinionsException(
                ErrorCode.IO_ERROR, doing + ": " + cause.getClass().getSimpleName() + ": " + cause.getMessage(), cause);
    }

    /** Sets the interrupt flag again, so that whoever called knows too. */
    static MinionsException interrupted(String doing, Exception cause) {
        Thread.currentThread().interrupt();
        return new MinionsException(ErrorCode.CALL_INTERRUPTED, doing + ": interrupted", cause);
    }
}
