package dev.minions.agent.guest;

import dev.minions.agent.protocol.Answer;
import dev.minions.agent.protocol.Protocol;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the guest knows of itself. Read each time: after a copy or a restore of its memory the answers change. */
final class GuestFacts {
    private static final String VM_PARAMETER = "minions.vm=";
    private static final String UUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
    private static final Set<String> CAPABILITIES =
            Set.of(Protocol.STREAMS, Protocol.FILES, Protocol.IDENTITY, Protocol.SHUTDOWN, Protocol.FREEZE);

    private final GuestRoot root;
    private final String version;

    GuestFacts(GuestRoot root, String version) {
        this.root = root;
        this.version = version;
    }

    Answer.Identity identity() {
        String bootId = root.text("/proc/sys/kernel/random/boot_id");
        return new Answer.Identity(
                Protocol.VERSION, version, vmId(), bootId == null ? "" : bootId, CAPABILITIES, uptimeMillis());
    }

    Answer.Health health() {
        return new Answer.Health(uptimeMillis() / 1000, hostname(), Protocol.VERSION);
    }

    /** The VM's id: from the kernel's command line, else from the firmware's tables; null if neither has one. */
    @Nullable
    String vmId() {
        String line = root.text("/proc/cmdline");
        for (String word : line == null ? new String[0] : line.split("\\s+", -1)) {
            if (word.startsWith(VM_PARAMETER)
                    && word.substring(VM_PARAMETER.length()).matches(UUID)) {
                return word.substring(VM_PARAMETER.length());
            }
        }
        String dmi = root.text("/sys/class/dmi/id/product_uuid");
        return dmi != null && dmi.matches(UUID) ? dmi : null;
    }

    String hostname() {
        String name = root.text("/proc/sys/kernel/hostname");
        return name == null ? "" : name;
    }

    long uptimeMillis() {
        String uptime = root.text("/proc/uptime");
        int space = uptime == null ? -1 : uptime.indexOf(' ');
        if (uptime == null || space < 0) {
            return 0;
        }
        try {
            return (long) (Double.parseDouble(uptime.substring(0, space)) * 1000);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
