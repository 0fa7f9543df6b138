package dev.minions.core.instance;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The locks by which the engines of one data directory know which of them are alive: an engine is alive exactly while
 * it holds its own, and the kernel takes it away when the process dies, however it dies.
 *
 * <p>Nothing but this class may open a file in the directory: POSIX locks belong to the process, and closing any
 * descriptor of the file gives them up. That goes for this JVM most of all, whose own locks are therefore remembered
 * and never looked for in the file, across engines and across class loaders.
 *
 * <p>Any number of threads; an interrupt is kept for later, since an interrupted file channel is closed and its lock
 * lost. No call takes longer than {@link LockKeeper#PATIENCE}.
 */
public final class InstanceLocks {
    private final Path directory;
    private final String key;

    private InstanceLocks(Path directory, String key) {
        this.directory = directory;
        this.key = key;
    }

    /**
     * The locks in that directory, which is made if it is missing.
     *
     * @param directory the data directory's {@code instances}
     */
    public static InstanceLocks in(Path directory) {
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            Path real = directory.toRealPath();
            // Device and inode, so that a bind mount and a link of the same directory are the same.
            return new InstanceLocks(real, FileIdentity.of(real).toString());
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "open instance locks '" + directory + "': " + e, e);
        }
    }

    /**
     * Takes the lock of a new engine. When this returns it is held; only then may the engine's row be written.
     *
     * @param id an id that was never used before
     * @throws MinionsException {@code IO_ERROR}, also where the file system has no locks
     * @throws IllegalStateException if the id is in use
     */
    public HeldLock acquire(InstanceId id) {
        return LockKeeper.call("lock instance '" + id + "'", () -> LockKeeper.create(slot(id)))
                .orElseThrow(() -> new IllegalStateException("instance id " + id + " is in use"));
    }

    /** Whether some engine, in this process or another, holds the lock: its own, or to recover a dead one. */
    public boolean isAlive(InstanceId id) {
        return LockKeeper.call("look for instance '" + id + "'", () -> LockKeeper.isHeld(slot(id)));
    }

    /** The engines that hold their locks now, which may have changed when this returns. */
    public List<InstanceId> living() {
        return all().stream().filter(this::isAlive).toList();
    }

    /** The engines that have a lock file, alive or dead. */
    public List<InstanceId> all() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> LockKeeper.Slot.idOf(file.getFileName()))
                    .flatMap(Optional::stream)
                    .toList();
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "look for engines in '" + directory + "': " + e, e);
        }
    }

    /**
     * Takes the lock of a dead engine, to recover what it left. Another may have recovered it in the meantime, so what
     * is known of the engine must be read again after this returned.
     *
     * @return empty if the engine is alive or another is recovering it
     */
    public Optional<HeldLock> tryTakeOver(InstanceId id) {
        return LockKeeper.call("take over instance '" + id + "'", () -> LockKeeper.takeOver(slot(id)));
    }

    private LockKeeper.Slot slot(InstanceId id) {
        return new LockKeeper.Slot(id, directory, key + "/" + id);
    }
}
