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
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Waits until a program has made its socket, told by the kernel. To connect and see would not do: a program that serves
 * one client would take the attempt for it.
 */
final class SocketAppearance implements AutoCloseable {
    private final Path socket;
    private final WatchService watch;

    private SocketAppearance(Path socket, WatchService watch) {
        this.socket = socket;
        this.watch = watch;
    }

    /** Begins to watch; the directory is there and the socket is not. */
    static SocketAppearance watch(Path socket) {
        try {
            WatchService watch = socket.getFileSystem().newWatchService();
            socket.resolveSibling(".").register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            return new SocketAppearance(socket, watch);
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "watch for '" + socket + "': " + e, e);
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
            while (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
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
            throw new MinionsException(ErrorCode.CALL_INTERRUPTED, "wait for '" + socket + "': interrupted", e);
        }
    }

    @Override
    public void close() {
        try {
            watch.close();
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "close the watch for '" + socket + "': " + e, e);
        }
    }
}
