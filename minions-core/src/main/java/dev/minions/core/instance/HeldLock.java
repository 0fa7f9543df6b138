package dev.minions.core.instance;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.util.Optional;

/**
 * An instance lock that this JVM holds: an engine's own, or a dead engine's while it is recovered. Any thread may use
 * it.
 */
public final class HeldLock implements AutoCloseable {
    private final LockKeeper.Slot slot;

    HeldLock(LockKeeper.Slot slot) {
        this.slot = slot;
    }

    /** Whose lock it is. */
    public InstanceId id() {
        return slot.id();
    }

    /**
     * Makes sure that the lock is still held: that its file has its name, and that the kernel shows the lock. An engine
     * calls this before each step that changes something, and changes nothing more once it has thrown.
     *
     * @throws MinionsException {@code STORE_ERROR}, saying what became of the lock
     */
    public void verify() {
        Optional<String> problem =
                LockKeeper.call("verify the lock of instance '" + id() + "'", () -> LockKeeper.problem(slot));
        if (problem.isPresent()) {
            throw new MinionsException(
                    ErrorCode.STORE_ERROR,
                    "verify the lock of instance '" + id() + "': " + problem.get()
                            + ", so other engines take this one for dead; it makes no more changes, open a new one");
        }
    }

    /**
     * Ends the instance: removes the lock file and gives the lock up. To be called when its row is gone. Once the lock
     * was lost the file is left, for it is somebody else's now. May be called again.
     */
    public void remove() {
        LockKeeper.call("remove the lock of instance '" + id() + "'", () -> LockKeeper.release(slot, true));
    }

    /** Gives the lock up and leaves its file, so that another engine can take it over. May be called again. */
    @Override
    public void close() {
        LockKeeper.call("release the lock of instance '" + id() + "'", () -> LockKeeper.release(slot, false));
    }
}
