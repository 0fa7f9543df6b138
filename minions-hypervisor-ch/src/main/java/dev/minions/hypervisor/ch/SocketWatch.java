package dev.minions.hypervisor.ch;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.UnixStream;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waits until a program listens at a socket, told by the kernel when the socket is made. */
final class SocketWatch implements AutoCloseable {
    /** From the name of a socket to its queue it is two system calls. */
    private static final Duration BETWEEN = Duration.ofMillis(1);

    private final Path socket;
    private final WatchService watch;

    private SocketWatch(Path socket, WatchService watch) {
        this.socket = socket;
        this.watch = watch;
    }

    /** Begins to watch; the directory is there. */
    static SocketWatch of(Path socket) {
        try {
            WatchService watch = socket.getFileSystem().newWatchService();
            socket.resolveSibling(".").register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            return new SocketWatch(socket, watch);
        } catch (IOException e) {
            throw failure(socket, e);
        }
    }

    /**
     * Waits.
     *
     * @return false if time ran out, or nobody will come
     */
    boolean await(Duration within) {
        long deadline = System.nanoTime() + within.toNanos();
        try {
            while (!listens(deadline)) {
                long left = deadline - System.nanoTime();
                boolean named = Files.exists(socket, LinkOption.NOFOLLOW_LINKS);
                WatchKey key =
                        watch.poll(Math.max(0, named ? Math.min(left, BETWEEN.toNanos()) : left), TimeUnit.NANOSECONDS);
                if (key != null) {
                    key.pollEvents();
                    key.reset();
                } else if (System.nanoTime() - deadline >= 0) {
                    return false;
                }
            }
            return true;
        } catch (ClosedWatchServiceException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MinionsException(ErrorCode.CALL_INTERRUPTED, "wait for '" + socket + "': interrupted", e);
        } catch (IOException e) {
            throw failure(socket, e);
        }
    }

    private boolean listens(long deadline) throws IOException {
        if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try {
            UnixStream.connect(socket, deadline).close();
            return true;
        } catch (ConnectException e) {
            return false;
        }
    }

    private static MinionsException failure(Path socket, IOException cause) {
        return new MinionsException(ErrorCode.IO_ERROR, "wait for '" + socket + "': " + cause, cause);
    }

    /** Ends a wait under way, for another thread. */
    void giveUp() {
        close();
    }

    @Override
    public void close() {
        try {
            watch.close();
        } catch (IOException e) {
            throw failure(socket, e);
        }
    }
}
