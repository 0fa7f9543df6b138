package dev.minions.spi.process;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits in tests for something that nobody announces. */
final class Await {
    /** Something that may become true. */
    interface Condition {
        boolean holds() throws Exception;
    }

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private Await() {}

    static void until(String what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited " + LIMIT + " in vain until " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }
}
