package dev.minions.agent.client;

import dev.minions.agent.client.AgentException.Reason;
import dev.minions.spi.GuestConnection;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is to be written to a connection, and the one thread that writes it. */
final class FrameQueue {
    private static final int LIMIT = 256 * 1024;

    private final GuestConnection connection;
    private final Consumer<AgentException> failed;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition notEmpty = lock.newCondition();
    private final Condition notFull = lock.newCondition();
    private final Deque<byte[]> frames = new ArrayDeque<>();
    private int queued;
    private boolean closed;

    FrameQueue(GuestConnection connection, Consumer<AgentException> failed) {
        this.connection = connection;
        this.failed = failed;
    }

    void start() {
        Thread.ofPlatform().daemon().name("minions-agent-writer").start(this::write);
    }

    /** Queues without waiting: for what is short. */
    void add(byte[] frame) {
        lock.lock();
        try {
            if (!closed) {
                frames.add(frame);
                queued += frame.length;
                notEmpty.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Queues when there is room. What is queued when the queue is closed is dropped. */
    void put(byte[] frame, Deadline deadline) throws IOException, InterruptedException {
        lock.lock();
        try {
            while (queued >= LIMIT && !closed) {
                if (deadline.hasPassed()) {
                    throw new AgentException(
                            Reason.TIMED_OUT, "the guest took nothing of what was sent to it within " + deadline);
                }
                notFull.awaitNanos(Math.max(deadline.nanosLeft(), 1));
            }
            add(frame);
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            frames.clear();
            notEmpty.signalAll();
            notFull.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void write() {
        try {
            for (byte[] frame = take(); frame != null; frame = take()) {
                connection.output().write(frame);
                connection.output().flush();
            }
        } catch (IOException e) {
            failed.accept(new AgentException(Reason.LOST, "the connection to the guest broke: " + e.getMessage(), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody but this class knows the thread
        }
    }

    private byte @Nullable [] take() throws InterruptedException {
        lock.lock();
        try {
            while (frames.isEmpty() && !closed) {
                notEmpty.await();
            }
            byte[] frame = frames.poll();
            if (frame != null) {
                queued -= frame.length;
                notFull.signalAll();
            }
            return frame;
        } finally {
            lock.unlock();
        }
    }
}
