package dev.minions.bench;

import java.time.Duration;

/** Measures the time since it was made. */
final class Stopwatch {
    private static final double NANOS_IN_A_MILLI = 1e6;

    private final long began = System.nanoTime();

    /** Milliseconds since it was made, to the nanosecond. */
    double millis() {
        return (System.nanoTime() - began) / NANOS_IN_A_MILLI;
    }

    /** A duration in the same unit. */
    static double millis(Duration duration) {
        return duration.toNanos() / NANOS_IN_A_MILLI;
    }
}
