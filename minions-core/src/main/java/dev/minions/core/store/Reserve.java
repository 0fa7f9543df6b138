package dev.minions.core.store;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.minions.core.file.DurableFiles;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file that only takes up room, so that on a full disk there is some to give back for removing other things. */
final class Reserve {
    static final String NAME = "reserve";
    static final long SIZE = 16L << 20;

    /** With less than this left, taking some away would bring about what the reserve is for. */
    private static final long LEFT_AT_LEAST = 8 * SIZE;

    private static final Logger LOG = LoggerFactory.getLogger(Reserve.class);

    private final Path directory;
    private final Path file;

    Reserve(Path directory) {
        this.directory = directory;
        file = directory.resolve(NAME);
    }

    /** Gives the room back. */
    void release() {
        try {
            if (Files.deleteIfExists(file)) {
                LOG.info("released the reserve of {} MiB in {}", SIZE >> 20, directory);
            }
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "release '" + file + "': " + e, e);
        }
    }

    /** Takes the room up again if it is not and there is plenty. That there is no reserve is no failure of anything. */
    void restore() {
        try {
            if (!Files.exists(file) && Files.getFileStore(directory).getUsableSpace() >= LEFT_AT_LEAST) {
                fill();
            }
        } catch (FileAlreadyExistsException e) {
            LOG.debug("another program has made the reserve in {}", directory);
        } catch (ClosedByInterruptException e) {
            LOG.debug("the reserve in {} is left to the next writer", directory);
        } catch (IOException e) {
            LOG.warn("there is no reserve for a full disk in {}: {}", directory, e.toString());
        }
    }

    private void fill() throws IOException {
        byte[] block = new byte[1 << 20];
        new Random(SIZE).nextBytes(block); // zeros would take up nothing where the file system compresses
        Path temporary = DurableFiles.temporaryBeside(file);
        try {
            try (FileChannel channel = FileChannel.open(temporary, Set.of(CREATE_NEW, WRITE))) {
                for (long written = 0; written < SIZE; ) {
                    written += channel.write(ByteBuffer.wrap(block));
                }
            }
            Files.move(temporary, file);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
