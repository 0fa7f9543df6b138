package dev.minions.testkit.cloudhypervisor;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** The locks on the images of one machine: exclusive on what the guest may write, shared on what it reads. */
final class DiskLocks {
    private final Map<String, FileChannel> open = new LinkedHashMap<>();

    /** Opens and locks an image. */
    void take(Map<String, Object> disk, String... outer) throws ApiError {
        String path = String.valueOf(disk.get("path"));
        boolean readOnly = Boolean.TRUE.equals(disk.get("readonly"));
        FileChannel channel = open(path, readOnly, outer);
        try {
            FileLock lock = channel.tryLock(0, Long.MAX_VALUE, readOnly);
            if (lock != null) {
                open.put(String.valueOf(disk.get("id")), channel);
                return;
            }
            channel.close();
        } catch (IOException | OverlappingFileLockException e) {
            close(channel);
        }
        throw locked(path, readOnly, outer);
    }

    private static FileChannel open(String path, boolean readOnly, String... outer) throws ApiError {
        try {
            return readOnly
                    ? FileChannel.open(Path.of(path), StandardOpenOption.READ)
                    : FileChannel.open(Path.of(path), StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw Messages.error(
                    outer,
                    "Error from device manager",
                    "Cannot open disk path",
                    "I/O error (path=" + path + " op=open)",
                    Messages.of(e));
        }
    }

    private static ApiError locked(String path, boolean readOnly, String... outer) {
        String first = outer[0].contains("added")
                ? "Error from device manager"
                : "Error locking disk images: Another instance likely holds a lock";
        return Messages.error(
                outer,
                first,
                "Cannot lock images of all block devices",
                "Failed to get " + (readOnly ? "Read" : "Write") + " lock for disk image: " + path,
                "The file is already locked");
    }

    void release(String id) {
        FileChannel channel = open.remove(id);
        if (channel != null) {
            close(channel);
        }
    }

    void releaseAll() {
        open.values().forEach(DiskLocks::close);
        open.clear();
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
