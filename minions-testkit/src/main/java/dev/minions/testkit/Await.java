package dev.minions.testkit;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits in tests for what cannot be awaited: looks again and again, less and less often, up to a deadline. For what
 * another thread can say by itself, a latch or a future is better.
 */
public final class Await {
    private static final long FIRST_PAUSE = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(20);

    private Await() {}

    /**
     * Returns when the condition holds.
     *
     * @param what the condition in words, for the message
     * @throws AssertionError if it does not hold within the limit, or the thread is interrupted
     */
    public static void until(String what, Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        long pause = FIRST_PAUSE;
        while (!condition.getAsBoolean()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("interrupted before " + what);
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("after " + limit.toMillis() + " ms still not: " + what);
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE);
        }
    }
}
