package dev.minions.core.engine;

import dev.minions.VmId;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.OperationRecord;
import dev.minions.spi.StateStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Makes callers wait for their turn on a VM: in the order of their coming within this process, by tries at growing
 * intervals against other processes. The lock itself is the row in the journal; this only decides who tries next.
 */
final class Turns {
    private static final long FIRST_PAUSE_MILLIS = 5;
    private static final long LONGEST_PAUSE_MILLIS = 200;

    private final StateStore store;
    private final Recovery recovery;
    private final ConcurrentHashMap<VmId, Queue> queues = new ConcurrentHashMap<>();

    Turns(StateStore store, Recovery recovery) {
        this.store = store;
        this.recovery = recovery;
    }

    /** The callers of one VM. Removed with the last of them. */
    private static final class Queue {
        private final ReentrantLock lock = new ReentrantLock(true);
        private int callers;
    }

    /**
     * Calls the attempt until it does not fail for another operation on the VM.
     *
     * @param limit how long to wait for others
     * @param attempt opens an operation on the VM and runs it
     * @throws MinionsException {@code VM_BUSY} naming the operation that is in the way, its step and its age
     */
    <T> T take(VmId vm, String kind, Duration limit, Supplier<T> attempt) {
        long deadline = System.nanoTime() + limit.toNanos();
        Queue queue = enter(vm);
        try {
            if (!queue.lock.tryLock(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                throw busy(vm, kind, limit);
            }
            try {
                return tryUntil(deadline, vm, kind, limit, attempt);
            } finally {
                queue.lock.unlock();
            }
        } catch (InterruptedException e) {
            throw interrupted(kind, vm, e);
        } finally {
            leave(vm);
        }
    }

    private Queue enter(VmId vm) {
        return queues.compute(vm, (id, present) -> {
            Queue queue = present == null ? new Queue() : present;
            queue.callers++;
            return queue;
        });
    }

    private void leave(VmId vm) {
        queues.computeIfPresent(vm, (id, queue) -> --queue.callers == 0 ? null : queue);
    }

    private <T> T tryUntil(long deadline, VmId vm, String kind, Duration limit, Supplier<T> attempt)
            throws InterruptedException {
        long pause = FIRST_PAUSE_MILLIS;
        while (true) {
            try {
                return attempt.get();
            } catch (MinionsException e) {
                if (e.code() != ErrorCode.VM_BUSY || e.operation().isPresent()) {
                    throw e;
                }
            }
            awaken(vm);
            if (System.nanoTime() - deadline >= 0) {
                throw busy(vm, kind, limit);
            }
            TimeUnit.MILLISECONDS.sleep(pause);
            pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
        }
    }

    /** If the operation in the way has lost its engine, waiting for it is in vain. */
    private void awaken(VmId vm) {
        holder(vm).map(OperationRecord::instance).ifPresent(recovery::recover);
    }

    /**
     * Waits until nobody works on the VM.
     *
     * @return whether that came about within the limit
     */
    boolean awaitIdle(VmId vm, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        long pause = FIRST_PAUSE_MILLIS;
        try {
            while (holder(vm).isPresent()) {
                awaken(vm);
                if (System.nanoTime() - deadline >= 0) {
                    return holder(vm).isEmpty();
                }
                TimeUnit.MILLISECONDS.sleep(pause);
                pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
            }
            return true;
        } catch (InterruptedException e) {
            throw interrupted("wait for", vm, e);
        }
    }

    Optional<OperationRecord> holder(VmId vm) {
        return store.read(view -> view.openOperation(vm));
    }

    private MinionsException busy(VmId vm, String kind, Duration limit) {
        String what = kind + " vm " + vm + ": ";
        return holder(vm)
                .map(holder -> new MinionsException(
                        ErrorCode.VM_BUSY,
                        what + "operation '" + holder.kind() + "' (" + holder.id() + ") has been on it for "
                                + Duration.between(holder.startedAt(), Instant.now())
                                        .toSeconds() + " s, in step '"
                                + holder.step() + "'; waited " + limit.toSeconds()
                                + " s, pass a longer --wait or cancel it with destroy"))
                .orElseGet(() -> new MinionsException(
                        ErrorCode.VM_BUSY,
                        what + "others were before this call for all of " + limit.toSeconds() + " s; try again"));
    }

    static MinionsException interrupted(String kind, VmId vm, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new MinionsException(
                ErrorCode.CALL_INTERRUPTED, kind + " vm " + vm + ": the calling thread was interrupted", cause);
    }
}
