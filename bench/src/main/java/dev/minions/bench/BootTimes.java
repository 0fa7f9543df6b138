package dev.minions.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * A boot, by its parts.
 *
 * @param beforeVmm from the call to the moment the VMM is executed, in ms; within the 4 ms of a file's age
 * @param inGuest from there until the agent has said that it serves, in ms
 * @param afterReady from there to the return, in ms
 */
record BootTimes(double beforeVmm, double inGuest, double afterReady) {
    /**
     * Between instants.
     *
     * @param mark a file that was written just before the VMM was executed
     */
    static BootTimes between(Instant called, Path mark, Instant ready, Instant returned) throws IOException {
        Instant executed = Files.getLastModifiedTime(mark).toInstant();
        return new BootTimes(millis(called, executed), millis(executed, ready), millis(ready, returned));
    }

    private static double millis(Instant from, Instant to) {
        return Stopwatch.millis(Duration.between(from, to));
    }

    /** From the call to the return. */
    double total() {
        return beforeVmm + inGuest + afterReady;
    }

    /** What is not the guest's own time. */
    double outside() {
        return beforeVmm + afterReady;
    }
}
