package dev.minions.core.file;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/** Small files and directories, made so that what a method returned from is still there after a loss of power. */
public final class DurableFiles {
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private DurableFiles() {}

    /**
     * Makes a file with that content, unless there is one already.
     *
     * @return whether it was made; false if a file of that name was there, which is left as it is
     */
    public static boolean create(Path file, byte[] content) throws IOException {
        Path temporary = writeTemporary(file, content);
        try {
            Files.createLink(file, temporary); // unlike a rename, a link never takes the name from another file
        } catch (FileAlreadyExistsException taken) {
            return false;
        } finally {
            Files.deleteIfExists(temporary);
        }
        sync(directoryOf(file));
        return true;
    }

    /** Gives a file that content, whether it was there or not; at every moment it has the old content or the new. */
    public static void replace(Path file, byte[] content) throws IOException {
        Path temporary = writeTemporary(file, content);
        try {
            publish(temporary, file);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Gives a complete, synced file its final name, in place of what bears it, and makes the name durable. */
    public static void publish(Path temporary, Path file) throws IOException {
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(directoryOf(file));
    }

    /** A name beside the file that nobody else uses, hidden, ending in {@code .tmp}. */
    public static Path temporaryBeside(Path file) {
        return file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
    }

    /**
     * Waits until a file's content, or a directory's entries, are on the disk. An interrupt is kept for later: it would
     * leave open whether what was done before is done.
     */
    public static void sync(Path path) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try (FileChannel channel = FileChannel.open(path, READ)) {
                    channel.force(true);
                    return;
                } catch (ClosedByInterruptException e) {
                    interrupted = true;
                    Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Path writeTemporary(Path file, byte[] content) throws IOException {
        Path temporary = temporaryBeside(file);
        try (FileChannel channel = FileChannel.open(temporary, Set.of(CREATE_NEW, WRITE), PRIVATE)) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        return temporary;
    }

    private static Path directoryOf(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("'" + file + "' is no file in a directory");
        }
        return parent;
    }
}
