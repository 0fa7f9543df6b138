package dev.minions.hypervisor.qemu;

import dev.minions.HostReport.Finding;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.HostCommand;
import dev.minions.spi.process.HostProgram;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a QEMU says of itself.
 *
 * @param text its version, for example {@code 7.2.22}, or what it said instead
 * @param major the first number; 0 if it is not known
 * @param minor the second
 */
record QemuVersion(String text, int major, int minor) {
    private static final Pattern VERSION = Pattern.compile("version (\\d{1,4})\\.(\\d{1,4})(\\.\\d{1,4})*");
    private static final int OLDEST_MAJOR = 7;
    private static final int OLDEST_MINOR = 2;

    static QemuVersion of(HostProgram program) {
        try {
            return parse(HostCommand.of(program.toString(), "--version")
                    .within(Duration.ofSeconds(10))
                    .run()
                    .stdout());
        } catch (MinionsException e) {
            return new QemuVersion(String.valueOf(e.getMessage()), 0, 0);
        }
    }

    static QemuVersion parse(String said) {
        Matcher matcher = VERSION.matcher(said);
        if (!matcher.find()) {
            return new QemuVersion(said.strip(), 0, 0);
        }
        return new QemuVersion(
                matcher.group().substring("version ".length()),
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)));
    }

    /** Older ones have no {@code -netdev stream} and no exit code for a panic. */
    boolean isNewEnough() {
        return major > OLDEST_MAJOR || (major == OLDEST_MAJOR && minor >= OLDEST_MINOR);
    }

    Finding finding() {
        return isNewEnough()
                ? Finding.ok("qemu", "version " + text)
                : Finding.error("qemu", "version 7.2 or newer is needed, found: " + text, Qemu.ADVICE);
    }
}
