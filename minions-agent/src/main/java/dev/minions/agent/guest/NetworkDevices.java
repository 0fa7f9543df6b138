package dev.minions.agent.guest;

import java.nio.file.Files;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The guest's network cards. */
final class NetworkDevices {
    private NetworkDevices() {}

    /** The first by name that is a real device, not one the guest made itself; null if there is none. */
    static @Nullable String first(GuestRoot root) {
        String[] names = root.at("/sys/class/net").toFile().list();
        if (names == null) {
            return null;
        }
        Arrays.sort(names);
        for (String name : names) {
            if (Files.exists(root.at("/sys/class/net/" + name + "/device"))) {
                return name;
            }
        }
        return null;
    }
}
