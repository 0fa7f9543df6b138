package dev.minions.core.store;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * The time since this boot, as all processes of the host see it: it passes while the machine sleeps, and nobody sets
 * it, as people and time servers set the wall clock.
 */
final class BootClock implements Supplier<BootClock.Moment> {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Path UPTIME = Path.of("/proc/uptime");

    private final String boot;

    /** A moment of a boot. */
    record Moment(String boot, long millis) {}

    BootClock() {
        boot = read(BOOT_ID).strip();
    }

    @Override
    public Moment get() {
        String seconds = read(UPTIME).split(" ", 2)[0];
        return new Moment(boot, new BigDecimal(seconds).movePointRight(3).longValue());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "read the clock '" + file + "': " + e, e);
        }
    }
}
