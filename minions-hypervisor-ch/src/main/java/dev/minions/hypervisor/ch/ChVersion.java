package dev.minions.hypervisor.ch;

import dev.minions.HostReport.Finding;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.HostCommand;
import dev.minions.spi.process.HostProgram;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a Cloud Hypervisor says of itself.
 *
 * @param text its version, for example {@code v53.0}, or what it said instead
 * @param major the first number; 0 if it is not known
 * @param minor the second
 */
record ChVersion(String text, int major, int minor) {
    /** In older ones a guest can make its VMM read files of the host, or use memory after it was freed. */
    static final String OLDEST = "v51.2";

    private static final Pattern VERSION = Pattern.compile("v?(\\d{1,4})\\.(\\d{1,4})\\S*");
    private static final int OLDEST_MAJOR = 51;
    private static final int OLDEST_MINOR = 2;
    private static final int ON_DEMAND_MAJOR = 52;
    private static final int NAMED_SYSTEM_MAJOR = 53;

    static ChVersion of(HostProgram program) {
        try {
            return parse(HostCommand.of(program.toString(), "--version")
                    .within(Duration.ofSeconds(10))
                    .run()
                    .stdout());
        } catch (MinionsException e) {
            return new ChVersion(String.valueOf(e.getMessage()), 0, 0);
        }
    }

    static ChVersion parse(String said) {
        Matcher matcher = VERSION.matcher(said);
        if (!matcher.find()) {
            return new ChVersion(said.strip(), 0, 0);
        }
        return new ChVersion(matcher.group(), Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    boolean isNewEnough() {
        return major > OLDEST_MAJOR || (major == OLDEST_MAJOR && minor >= OLDEST_MINOR);
    }

    /** Whether memory can be restored page by page, as the guest needs it. */
    boolean restoresOnDemand() {
        return major >= ON_DEMAND_MAJOR;
    }

    /** The field for the machine's UUID; the older name makes newer ones complain. */
    String uuidField() {
        return major >= NAMED_SYSTEM_MAJOR ? "system_uuid" : "uuid";
    }

    Finding finding() {
        return isNewEnough()
                ? Finding.ok("cloud-hypervisor", "version " + text)
                : Finding.error(
                        "cloud-hypervisor", OLDEST + " or newer is needed, found: " + text, CloudHypervisor.ADVICE);
    }
}
