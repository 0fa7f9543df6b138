package dev.minions.hypervisor.qemu;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Waits until a program has written a certain file, told by the kernel. passt writes its pid file when its socket takes
 * connections. To connect and see would not do: it serves one client, and would take the attempt for it.
 */
final class WrittenFile implements AutoCloseable {
    private final Path file;
    private final WatchService watch;

    private WrittenFile(Path file, WatchService watch) {
        this.file = file;
        this.watch = watch;
    }

    /** Begins to watch; the directory is there and the file is not. */
    static WrittenFile watch(Path file) {
        try {
            WatchService watch = file.getFileSystem().newWatchService();
            file.resolveSibling(".")
                    .register(watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
            return new WrittenFile(file, watch);
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "watch for '" + file + "': " + e, e);
        }
    }

    /**
     * Waits.
     *
     * @return false if time ran out, or this was closed by another thread
     */
    boolean await(Duration within) {
        long deadline = System.nanoTime() + within.toNanos();
        try {
            while (!isWritten()) {
                long left = deadline - System.nanoTime();
                WatchKey key = watch.poll(Math.max(0, left), TimeUnit.NANOSECONDS);
                if (key == null) {
                    return false;
                }
                key.pollEvents();
                key.reset();
            }
            return true;
        } catch (ClosedWatchServiceException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MinionsException(ErrorCode.CALL_INTERRUPTED, "wait for '" + file + "': interrupted", e);
        }
    }

    private boolean isWritten() {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                            .size()
                    > 0;
        } catch (IOException e) {
            return false; // not there yet
        }
    }

    @Override
    public void close() {
        try {
            watch.close();
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "close the watch for '" + file + "': " + e, e);
        }
    }
}
