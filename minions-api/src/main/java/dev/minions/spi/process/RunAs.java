package dev.minions.spi.process;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The user a process runs as when the engine is root: numbers only, there need be no entry in {@code passwd}.
 *
 * @param uid the user, 1 or more
 * @param gid the group, 1 or more
 * @param groups further groups, for example that of {@code /dev/kvm}
 * @param capabilities what it may do beyond its user's rights, as {@code setpriv} names it, for example
 *     {@code net_bind_service}; empty for nothing, which is nearly always right
 */
public record RunAs(long uid, long gid, List<Long> groups, List<String> capabilities) {
    private static final long LAST = 4_294_967_293L; // the next two mean "no change" in one call or another
    private static final Pattern CAPABILITY = Pattern.compile("[a-z_]{1,32}");

    /** Checks the numbers and names. */
    public RunAs {
        groups = List.copyOf(groups);
        capabilities = List.copyOf(capabilities);
        if (uid < 1 || uid > LAST || gid < 1 || gid > LAST) {
            throw new IllegalArgumentException("uid and gid must be 1 to " + LAST + ", got " + uid + " and " + gid);
        }
        for (long group : groups) {
            if (group < 1 || group > LAST) {
                throw new IllegalArgumentException("a group must be 1 to " + LAST + ", got " + group);
            }
        }
        for (String capability : capabilities) {
            if (!CAPABILITY.matcher(capability).matches()) {
                throw new IllegalArgumentException("a capability must match " + CAPABILITY + ", got " + capability);
            }
        }
    }

    /** The user and group of one number, without further groups or capabilities. */
    public static RunAs of(long id) {
        return new RunAs(id, id, List.of(), List.of());
    }
}
