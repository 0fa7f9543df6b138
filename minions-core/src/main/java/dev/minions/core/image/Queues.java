package dev.minions.core.image;

import dev.minions.VmId;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Makes the callers in this process wait for each other without asking the store again and again. */
final class Queues {
    private final ConcurrentHashMap<VmId, Queue> queues = new ConcurrentHashMap<>();

    private static final class Queue {
        private final ReentrantLock lock = new ReentrantLock(true);
        private int callers;
    }

    /** A place at the head of a queue, or the end of the wait for it. Closed by the thread that entered. */
    final class Turn implements AutoCloseable {
        private final VmId subject;
        private final Queue queue;
        private final boolean mine;

        private Turn(VmId subject, Queue queue, boolean mine) {
            this.subject = subject;
            this.queue = queue;
            this.mine = mine;
        }

        /** Whether this caller is the first of its process; false if the wait took too long. */
        boolean mine() {
            return mine;
        }

        @Override
        public void close() {
            if (mine) {
                queue.lock.unlock();
            }
            leave(subject);
        }
    }

    /** Waits for the head of a subject's queue, at the longest until the deadline, a time of the nano clock. */
    Turn enter(VmId subject, long deadline) throws InterruptedException {
        Queue queue = queues.compute(subject, (id, present) -> {
            Queue known = present == null ? new Queue() : present;
            known.callers++;
            return known;
        });
        try {
            boolean mine = queue.lock.tryLock(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            return new Turn(subject, queue, mine);
        } catch (InterruptedException e) {
            leave(subject);
            throw e;
        }
    }

    private void leave(VmId subject) {
        queues.computeIfPresent(subject, (id, queue) -> --queue.callers == 0 ? null : queue);
    }
}
