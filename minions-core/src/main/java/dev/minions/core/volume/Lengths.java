package dev.minions.core.volume;

import dev.minions.ByteSize;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** Makes files longer by a hole, which reads as zeros and takes no room. */
final class Lengths {
    private Lengths() {}

    /** Gives a file, made if it is not there, at least that length, and waits until all of it is on the disk. */
    static void extend(Path file, ByteSize length) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            if (open.length() < length.bytes()) {
                open.setLength(length.bytes());
            }
            open.getChannel().force(true);
        }
    }
}
