package dev.minions.testkit.fake;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Bytes in one direction, up to a limit: a writer whose reader does not read waits. Either end can be let go of while
 * the bytes in it stay for the next, as with a serial port; those of {@code java.io} cannot, and they poll.
 */
final class Pipe {
    private static final int USUAL_CAPACITY = 64 * 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final byte[] ring;
    private int start;
    private int filled;
    private boolean closed;

    Pipe() {
        this(USUAL_CAPACITY);
    }

    Pipe(int capacity) {
        ring = new byte[capacity];
    }

    /**
     * Reads at least a byte.
     *
     * @param detached whether the reader has let go of its end; {@link #wake} has it looked at again
     * @return how many; -1 when the pipe is closed and empty
     */
    int read(byte[] target, int offset, int length, BooleanSupplier detached) throws IOException {
        lockInterruptibly();
        try {
            while (filled == 0 && !closed && !detached.getAsBoolean()) {
                changed.await();
            }
            requireAttached(detached);
            if (filled == 0) {
                return -1;
            }
            int count = Math.min(Math.min(length, filled), ring.length - start);
            System.arraycopy(ring, start, target, offset, count);
            start = (start + count) % ring.length;
            filled -= count;
            changed.signalAll();
            return count;
        } catch (InterruptedException e) {
            throw interrupted();
        } finally {
            lock.unlock();
        }
    }

    /** Writes all of it, as fast as it is read. */
    void write(byte[] source, int offset, int length, BooleanSupplier detached) throws IOException {
        lockInterruptibly();
        try {
            int written = 0;
            while (written < length) {
                while (filled == ring.length && !closed && !detached.getAsBoolean()) {
                    changed.await();
                }
                requireAttached(detached);
                if (closed) {
                    throw new IOException("the other end is closed");
                }
                int end = (start + filled) % ring.length;
                int count = Math.min(Math.min(length - written, ring.length - filled), ring.length - end);
                System.arraycopy(source, offset + written, ring, end, count);
                filled += count;
                written += count;
                changed.signalAll();
            }
        } catch (InterruptedException e) {
            throw interrupted();
        } finally {
            lock.unlock();
        }
    }

    int available() {
        lock.lock();
        try {
            return filled;
        } finally {
            lock.unlock();
        }
    }

    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void lockInterruptibly() throws IOException {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static void requireAttached(BooleanSupplier detached) throws IOException {
        if (detached.getAsBoolean()) {
            throw new IOException("the connection is closed");
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted");
    }
}
