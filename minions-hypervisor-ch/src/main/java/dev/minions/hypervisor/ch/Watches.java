package dev.minions.hypervisor.ch;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Wakes who waits for something to change in a directory, as when a VMM adds to its log: the kernel tells. A wake-up
 * means only that it is worth looking. All watches share one descriptor of the kernel's, of which a user has not many, and
 * one thread; both are there from the first watch on.
 */
final class Watches implements AutoCloseable {
    private final Map<WatchKey, List<Watch>> waiting = new ConcurrentHashMap<>();
    private @Nullable WatchService service;
    private boolean closed;

    /** One who waits. */
    final class Watch implements AutoCloseable {
        private final Path directory;
        private final WatchKey key;
        private final Semaphore changes = new Semaphore(0);

        private Watch(Path directory, WatchKey key) {
            this.directory = directory;
            this.key = key;
        }

        /** Wakes it for another reason. */
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
                throw new MinionsException(
                        ErrorCode.CALL_INTERRUPTED, "wait for changes in '" + directory + "': interrupted", e);
            }
        }

        @Override
        public void close() {
            forget(this);
        }
    }

    /** Begins to watch a directory that is there. */
    synchronized Watch of(Path directory) {
        if (closed) {
            throw new IllegalStateException("the hypervisor is closed");
        }
        try {
            WatchKey key = directory.register(
                    service(), StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
            var watch = new Watch(directory, key);
            waiting.computeIfAbsent(key, each -> new CopyOnWriteArrayList<>()).add(watch);
            return watch;
        } catch (IOException e) {
            throw new MinionsException(
                    ErrorCode.IO_ERROR, "watch '" + directory + "': " + e.getMessage() + "; see sysctl fs.inotify", e);
        }
    }

    private WatchService service() throws IOException {
        WatchService present = service;
        if (present == null) {
            WatchService fresh = FileSystems.getDefault().newWatchService();
            Thread.ofVirtual().name("minions-watches").start(() -> run(fresh));
            service = fresh;
            return fresh;
        }
        return present;
    }

    private void run(WatchService source) {
        try {
            while (true) {
                WatchKey key = source.take();
                key.pollEvents();
                key.reset();
                waiting.getOrDefault(key, List.of()).forEach(Watch::wake);
            }
        } catch (ClosedWatchServiceException e) {
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void forget(Watch watch) {
        List<Watch> others = waiting.getOrDefault(watch.key, List.of());
        others.remove(watch);
        if (others.isEmpty()) {
            waiting.remove(watch.key);
            watch.key.cancel();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        try {
            if (service != null) {
                service.close();
            }
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "end the watches: " + e, e);
        }
    }
}
