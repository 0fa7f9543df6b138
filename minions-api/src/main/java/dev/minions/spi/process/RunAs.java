package dev.minions.spi.process;

import java.util.List;

/**
 * The user a process runs as when the engine is root: numbers only, there need be no entry in {@code passwd}.
 *
 * @param uid the user, 1 or more
 * @param gid the group, 1 or more
 * @param groups further groups, for example that of {@code /dev/kvm}
 */
public record RunAs(long uid, long gid, List<Long> groups) {
    private static final long LAST = 4_294_967_293L; // the next two mean "no change" in one call or another

    /** Checks the numbers. */
    public RunAs {
        groups = List.copyOf(groups);
        if (uid < 1 || uid > LAST || gid < 1 || gid > LAST) {
            throw new IllegalArgumentException("uid and gid must be 1 to " + LAST + ", got " + uid + " and " + gid);
        }
        for (long group : groups) {
            if (group < 1 || group > LAST) {
                throw new IllegalArgumentException("a group must be 1 to " + LAST + ", got " + group);
            }
        }
    }

    /** The user and group of one number, without further groups. */
    public static RunAs of(long id) {
        return new RunAs(id, id, List.of());
    }
}
