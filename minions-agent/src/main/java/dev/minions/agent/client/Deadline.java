package dev.minions.agent.client;

import java.time.Duration;

/** A point in time, on the clock that never jumps, by which something must be done. */
final class Deadline {
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final Duration limit;
    private final long end;

    private Deadline(Duration limit) {
        this.limit = limit;
        this.end = System.nanoTime() + limit.toNanos();
    }

    static Deadline in(Duration limit) {
        return new Deadline(limit.compareTo(LONGEST) > 0 ? LONGEST : limit);
    }

    /** What is left; zero or less if it has passed. */
    long nanosLeft() {
        return end - System.nanoTime();
    }

    boolean hasPassed() {
        return nanosLeft() <= 0;
    }

    /** What is left, at least a millisecond and at most {@code most}. */
    Duration leftUpTo(Duration most) {
        Duration left = Duration.ofNanos(Math.max(nanosLeft(), 1_000_000));
        return left.compareTo(most) < 0 ? left : most;
    }

    /** The limit it was made with, for messages. */
    @Override
    public String toString() {
        return limit.toMillis() + " ms";
    }
}
