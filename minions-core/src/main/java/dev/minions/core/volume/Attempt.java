package dev.minions.core.volume;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.VolumeId;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/** Work on the files of a volume, whose failures say which work it was. */
final class Attempt {
    private Attempt() {}

    /** Something to do with files. */
    @FunctionalInterface
    interface Step<T> {
        T run() throws IOException;
    }

    static <T> T to(String verb, VolumeId id, Step<T> step) {
        String operation = verb + " volume '" + id + "': ";
        try {
            if (Thread.currentThread().isInterrupted()) {
                throw new ClosedByInterruptException();
            }
            return step.run();
        } catch (ClosedByInterruptException e) {
            throw new MinionsException(ErrorCode.CALL_INTERRUPTED, operation + "interrupted", e);
        } catch (IOException e) {
            boolean full = String.valueOf(e.getMessage()).contains("No space left");
            throw new MinionsException(
                    full ? ErrorCode.NO_SPACE : ErrorCode.IO_ERROR,
                    operation + (full ? "no space left on the file system" : e.toString()),
                    e);
        }
    }
}
