package dev.minions.storage.lvm;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Which thin pool.
 *
 * @param volumeGroup its volume group
 * @param pool the pool's own name in it
 */
record PoolName(String volumeGroup, String pool) {
    /** LVM takes more; this much leaves room for our longest names in the 127 bytes of a device-mapper name. */
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9_+.-]{0,19}");

    /** Checks both names. */
    PoolName {
        require("volume group", volumeGroup);
        require("thin pool", pool);
    }

    private static void require(String what, String name) {
        if (!NAME.matcher(name).matches() || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException(
                    "the name of a " + what + " must match " + NAME + ", got '" + name + "'");
        }
    }

    /** A logical volume of the group, as LVM's commands take it. */
    String volume(String name) {
        return volumeGroup + "/" + name;
    }

    /** Where a logical volume of the group is once it is active. Unlike {@code /dev/dm-N} it is never another's. */
    Path device(String name) {
        return Path.of("/dev/mapper", mapped(name));
    }

    /** The device-mapper's name for a logical volume of the group, in which each hyphen is doubled. */
    String mapped(String name) {
        return volumeGroup.replace("-", "--") + "-" + name.replace("-", "--");
    }

    /** As LVM's commands take it, and as people read it. */
    @Override
    public String toString() {
        return volume(pool);
    }
}
