package dev.minions.core.instance;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.minions.core.file.DurableFiles;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Opens lock files, on one thread that nobody else can reach to interrupt it, and holds their channels for as long as
 * the locks are wanted.
 *
 * <p>Copies of this class in other class loaders of the JVM must know of each other's locks, as probing one of them
 * through its file would give it up. They share nothing but JDK types: which locks this JVM holds stands in system
 * properties, one for each, and whoever looks at them or opens a lock file does so under the monitor of an interned
 * string, of which there is one in a JVM.
 */
final class LockKeeper {
    private static final int MOST_TRIES = 20;

    /** How long a caller waits for the keeper's thread, which does nothing that takes time on a local disk. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String PROPERTY = "dev.minions.instance.lock.";

    @SuppressWarnings("StringOperationCanBeSimplified") // intern() is what makes it one object in the whole JVM
    private static final Object JVM_WIDE = (PROPERTY + "monitor").intern();

    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /** Strong references: a channel that is garbage-collected gives its locks up. Guarded by {@link #JVM_WIDE}. */
    private static final Map<String, Kept> KEPT = new HashMap<>();

    /** Channels on files that this JVM turned out to have locked: closing one would give the lock up. */
    private static final List<FileChannel> NEVER_CLOSED = new ArrayList<>();

    private static final ThreadPoolExecutor THREAD = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform()
                    .daemon()
                    .name("minions-lock-keeper")
                    .inheritInheritableThreadLocals(false)
                    .factory());

    private LockKeeper() {}

    /** A lock file and the name under which this JVM remembers it. */
    record Slot(InstanceId id, Path directory, String key) {
        private static final String ENDING = ".lock";

        Path file() {
            return directory.resolve(id + ENDING);
        }

        /** Whose lock file has that name; empty if it is none. */
        static Optional<InstanceId> idOf(Path name) {
            String text = name.toString();
            if (!text.endsWith(ENDING) || text.startsWith(".")) {
                return Optional.empty();
            }
            return Optional.of(new InstanceId(text.substring(0, text.length() - ENDING.length())));
        }

        String property() {
            return PROPERTY + key;
        }
    }

    /** A lock that is held. */
    private record Kept(FileLock lock, FileIdentity identity, boolean shownByKernel) {}

    /** Something to do on the keeper's thread. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws IOException;
    }

    /** Runs it on the keeper's thread, alone among all copies of this class, whatever interrupts the caller. */
    static <T> T call(String operation, Work<T> work) {
        Callable<T> alone = () -> {
            synchronized (JVM_WIDE) {
                return work.run();
            }
        };
        return await(operation, THREAD.submit(alone));
    }

    private static <T> T await(String operation, Future<T> future) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (TimeoutException e) {
            throw new MinionsException(
                    ErrorCode.IO_ERROR, operation + ": the file system did not answer within " + PATIENCE, e);
        } catch (ExecutionException e) {
            throw failure(operation, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException failure(String operation, ExecutionException failed) {
        Throwable cause = failed.getCause() == null ? failed : failed.getCause();
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException unchecked
                ? unchecked
                : new MinionsException(ErrorCode.IO_ERROR, operation + ": " + cause, cause);
    }

    static boolean isHeld(Slot slot) throws IOException {
        if (isOurs(slot)) {
            return true;
        }
        Optional<FileChannel> existing = openExisting(slot.file());
        if (existing.isEmpty()) {
            return false;
        }
        Optional<FileLock> lock = lockOrClose(existing.get());
        if (lock.isPresent()) {
            lock.get().acquiredBy().close();
        }
        return lock.isEmpty();
    }

    /** Locks a file before it has its name, so that nobody can find it unlocked; empty if the name is taken. */
    static Optional<HeldLock> create(Slot slot) throws IOException {
        if (isOurs(slot)) {
            return Optional.empty();
        }
        sweep(slot.directory());
        for (int tries = 1; ; tries++) {
            Optional<Optional<HeldLock>> made = tryCreate(slot);
            if (made.isPresent()) {
                return made.get();
            }
            if (tries == MOST_TRIES) {
                throw new IOException("each of " + tries + " files just made was swept away by other processes");
            }
        }
    }

    /** Empty if the sweep of another process looked at the file in the moment before it was locked. */
    private static Optional<Optional<HeldLock>> tryCreate(Slot slot) throws IOException {
        Path unnamed = DurableFiles.temporaryBeside(slot.file());
        FileChannel channel = FileChannel.open(unnamed, Set.of(CREATE_NEW, READ, WRITE, NOFOLLOW_LINKS), PRIVATE);
        try {
            Optional<FileLock> lock = lockOrClose(channel);
            return lock.isEmpty() ? Optional.empty() : Optional.of(nameAndKeep(slot, unnamed, lock.get()));
        } catch (NoSuchFileException swept) {
            return Optional.empty();
        } finally {
            Files.deleteIfExists(unnamed);
        }
    }

    private static Optional<HeldLock> nameAndKeep(Slot slot, Path unnamed, FileLock lock) throws IOException {
        boolean named = false;
        try {
            FileIdentity identity = FileIdentity.of(unnamed);
            Files.createLink(slot.file(), unnamed);
            named = FileIdentity.of(slot.file()).equals(identity);
            return named ? Optional.of(keep(slot, lock, identity)) : Optional.empty();
        } catch (FileAlreadyExistsException taken) {
            return Optional.empty();
        } finally {
            if (!named) {
                lock.acquiredBy().close();
            }
        }
    }

    static Optional<HeldLock> takeOver(Slot slot) throws IOException {
        if (isOurs(slot)) {
            return Optional.empty();
        }
        Optional<FileIdentity> before = FileIdentity.find(slot.file());
        if (before.isEmpty()) {
            return create(slot); // somebody removed the file by hand: whoever makes it anew is the one who recovers
        }
        Optional<FileChannel> existing = openExisting(slot.file());
        Optional<FileLock> lock = existing.isEmpty() ? Optional.empty() : lockOrClose(existing.get());
        if (lock.isEmpty()) {
            return Optional.empty();
        }
        return keepIfStillNamed(slot, lock.get(), before.get());
    }

    /** Who held it until now may have been done with it and have unlinked it: a lock on that is nobody's. */
    static Optional<HeldLock> keepIfStillNamed(Slot slot, FileLock lock, FileIdentity before) throws IOException {
        if (FileIdentity.find(slot.file()).equals(Optional.of(before))) {
            return Optional.of(keep(slot, lock, before));
        }
        lock.acquiredBy().close();
        return Optional.empty();
    }

    /**
     * Removes what a process left that was killed between making a lock file and naming it. Such a file may be a second
     * name of a lock this JVM has taken over since, so it is never opened and closed just to see.
     */
    private static void sweep(Path directory) throws IOException {
        try (DirectoryStream<Path> unnamed = Files.newDirectoryStream(directory, ".*.tmp")) {
            for (Path file : unnamed) {
                Optional<FileChannel> existing = openExisting(file);
                Optional<FileLock> lock = existing.isEmpty() ? Optional.empty() : lockOrClose(existing.get());
                if (lock.isPresent()) {
                    Files.deleteIfExists(file);
                    lock.get().acquiredBy().close();
                }
            }
        }
    }

    private static HeldLock keep(Slot slot, FileLock lock, FileIdentity identity) throws IOException {
        KEPT.put(slot.key(), new Kept(lock, identity, KernelLocks.show(identity)));
        System.setProperty(slot.property(), "held");
        return new HeldLock(slot);
    }

    /** What is wrong with a lock that should be held; empty if nothing is. */
    static Optional<String> problem(Slot slot) throws IOException {
        Kept kept = KEPT.get(slot.key());
        if (kept == null) {
            return Optional.of("it was given up");
        }
        Optional<FileIdentity> named = FileIdentity.find(slot.file());
        if (named.isEmpty()) {
            return Optional.of("its file '" + slot.file() + "' was removed");
        }
        if (!named.get().equals(kept.identity()) || !kept.lock().isValid()) {
            return Optional.of("its file '" + slot.file() + "' was replaced");
        }
        if (kept.shownByKernel() && !KernelLocks.show(kept.identity())) {
            return Optional.of("something in this process opened and closed '" + slot.file() + "', which freed it");
        }
        return Optional.empty();
    }

    /** Gives a lock up; its file goes first, so that it is never seen unlocked by someone who does not hold it. */
    static boolean release(Slot slot, boolean removeFile) throws IOException {
        Kept kept = KEPT.get(slot.key());
        if (kept == null) {
            return false;
        }
        try {
            if (removeFile && problem(slot).isEmpty()) {
                Files.deleteIfExists(slot.file());
            }
        } finally {
            KEPT.remove(slot.key());
            try {
                kept.lock().acquiredBy().close();
            } finally {
                System.clearProperty(slot.property());
            }
        }
        return true;
    }

    private static boolean isOurs(Slot slot) {
        return KEPT.containsKey(slot.key()) || System.getProperty(slot.property()) != null;
    }

    private static Optional<FileChannel> openExisting(Path file) throws IOException {
        try {
            return Optional.of(FileChannel.open(file, READ, WRITE, NOFOLLOW_LINKS));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    /** Takes the lock, or closes the channel: unless this very JVM has the lock, which closing would give up. */
    private static Optional<FileLock> lockOrClose(FileChannel channel) throws IOException {
        boolean close = true;
        try {
            FileLock lock = channel.tryLock(KernelLocks.POSITION, KernelLocks.SIZE, false);
            close = lock == null;
            return Optional.ofNullable(lock);
        } catch (OverlappingFileLockException ours) {
            close = false;
            NEVER_CLOSED.add(channel);
            return Optional.empty();
        } finally {
            if (close) {
                channel.close();
            }
        }
    }
}
