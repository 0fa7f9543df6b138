package dev.minions.core.store;

import java.time.Instant;

/** Instants as the nanoseconds since 1970 that a column of whole numbers holds, until the year 2262. */
final class Instants {
    private static final long NANOS = 1_000_000_000L;

    private Instants() {}

    static long toNanos(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), NANOS), instant.getNano());
    }

    static Instant ofNanos(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
    }
}
