package dev.minions.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * A boot, by its parts, in ms.
 *
 * @param beforeVmm from the call to the moment the VMM is executed; within the 4 ms of a file's age
 * @param inGuest from there until the agent has said that it serves
 * @param configuring from there until the guest has its name, address and keys; mostly the guest's own work
 * @param committing from there to the return
 */
record BootTimes(double beforeVmm, double inGuest, double configuring, double committing) {
    /**
     * Between instants.
     *
     * @param mark a file that was written just before the VMM was executed
     */
    static BootTimes between(Instant called, Path mark, Instant ready, Instant configured, Instant returned)
            throws IOException {
        Instant executed = Files.getLastModifiedTime(mark).toInstant();
        return new BootTimes(
                millis(called, executed),
                millis(executed, ready),
                millis(ready, configured),
                millis(configured, returned));
    }

    private static double millis(Instant from, Instant to) {
        return Stopwatch.millis(Duration.between(from, to));
    }

    /** From the call to the return. */
    double total() {
        return beforeVmm + inGuest + configuring + committing;
    }

    /** What the host does while the guest does nothing. */
    double onHost() {
        return beforeVmm + committing;
    }
}
