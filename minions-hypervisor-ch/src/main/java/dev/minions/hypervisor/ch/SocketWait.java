package dev.minions.hypervisor.ch;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.LaunchedProcess;
import dev.minions.spi.process.UnixStream;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;

/** Waits until a program listens at a socket. There is no other sign of that, and the kernel tells when it is made. */
final class SocketWait {
    /** From the name of a socket to its queue it is two system calls. */
    private static final Duration BETWEEN = Duration.ofMillis(1);

    private SocketWait() {}

    /**
     * Waits.
     *
     * @param process without which nobody will come
     * @return false if time ran out, or the process has ended
     */
    static boolean await(Watches watches, Path socket, LaunchedProcess process, Duration within) {
        long deadline = System.nanoTime() + within.toNanos();
        try (Watches.Watch watch = watches.of(socket.resolveSibling("."))) {
            LaunchedProcess.Watch death = process.onExit(exit -> watch.wake());
            try {
                while (!listens(socket, deadline)) {
                    Duration left = Duration.ofNanos(deadline - System.nanoTime());
                    if (!left.isPositive() || !process.isAlive()) {
                        return false;
                    }
                    boolean named = Files.exists(socket, LinkOption.NOFOLLOW_LINKS);
                    watch.await(named && BETWEEN.compareTo(left) < 0 ? BETWEEN : left);
                }
                return true;
            } finally {
                death.close();
            }
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "wait for '" + socket + "': " + e, e);
        }
    }

    private static boolean listens(Path socket, long deadline) throws IOException {
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
}
