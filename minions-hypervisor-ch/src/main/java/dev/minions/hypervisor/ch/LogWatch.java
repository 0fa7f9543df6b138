package dev.minions.hypervisor.ch;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.RotatedLog;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Wakes who waits for a VMM to report something, or for whatever else {@link #wake} tells: the kernel says when the log
 * grows. A wake-up means only that it is worth looking.
 */
final class LogWatch implements AutoCloseable {
    private final Path directory;
    private final WatchService watch;
    private final Semaphore changes = new Semaphore(0);

    private LogWatch(Path directory, WatchService watch) {
        this.directory = directory;
        this.watch = watch;
    }

    static LogWatch of(RotatedLog log) {
        Path directory = log.directory();
        try {
            WatchService service = directory.getFileSystem().newWatchService();
            directory.register(service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
            var watch = new LogWatch(directory, service);
            Thread.ofVirtual().name("minions-log-watch").start(watch::run);
            return watch;
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "watch '" + directory + "': " + e, e);
        }
    }

    private void run() {
        try {
            while (true) {
                WatchKey key = watch.take();
                key.pollEvents();
                key.reset();
                wake();
            }
        } catch (ClosedWatchServiceException e) {
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void wake() {
        changes.release();
    }

    /** Waits until something changes since the last call, or time runs out. */
    void await(Duration limit) {
        try {
            if (changes.tryAcquire(Math.max(0, limit.toNanos()), TimeUnit.NANOSECONDS)) {
                changes.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MinionsException(ErrorCode.CALL_INTERRUPTED, "wait for changes in '" + directory + "'", e);
        }
    }

    @Override
    public void close() {
        try {
            watch.close();
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "end the watch of '" + directory + "': " + e, e);
        }
    }
}
