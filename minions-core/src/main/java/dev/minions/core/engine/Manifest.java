package dev.minions.core.engine;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.VmPlace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * What a VM is, in a file beside its things, so that a lost database can be made again from the disk alone. Written
 * when the VM is created and whenever its definition changes; marked as a tombstone before a destroy removes the first
 * thing, so that half of a VM is never adopted.
 */
final class Manifest {
    private static final String NAME = "manifest.json";
    private static final String TOMBSTONE = "destroyed";

    private Manifest() {}

    /** Writes the VM's manifest, whole or not at all, and durably. */
    static void write(VmPlace place, byte[] content) {
        Path file = place.records().resolve(NAME);
        Path half = place.records().resolve(NAME + ".new");
        try {
            writeDurably(half, content);
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            sync(place.records());
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "write '" + file + "': " + e.getMessage(), e);
        }
    }

    /** The bytes of a VM's manifest, in its directory; empty if it has none. */
    static Optional<byte[]> read(Path records) {
        Path file = records.resolve(NAME);
        try {
            return Optional.of(Files.readAllBytes(file));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "read '" + file + "': " + e.getMessage(), e);
        }
    }

    /** Whether the VM of that directory was being destroyed. */
    static boolean isBuried(Path records) {
        return Files.exists(records.resolve(TOMBSTONE));
    }

    /** Marks the VM as being destroyed; nothing if its directory is gone. */
    static void bury(VmPlace place) {
        Path file = place.records().resolve(TOMBSTONE);
        if (!Files.isDirectory(place.records()) || Files.exists(file)) {
            return;
        }
        try {
            writeDurably(file, new byte[0]);
            sync(place.records());
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "write '" + file + "': " + e.getMessage(), e);
        }
    }

    private static void writeDurably(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
