package dev.minions.spi;

import dev.minions.VmId;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The identity of a volume: whose it is, and which of that VM's disks. Chosen by the engine, never given again.
 *
 * @param vm the VM it belongs to
 * @param role which disk: {@code root}, {@code data}, …; 1 to 24 lower-case letters, digits and hyphens
 */
public record VolumeId(VmId vm, String role) {
    private static final Pattern ROLE = Pattern.compile("[a-z][a-z0-9-]{0,23}");

    /** Checks the role. */
    public VolumeId {
        Objects.requireNonNull(vm, "vm");
        if (!ROLE.matcher(role).matches()) {
            throw new IllegalArgumentException("role of a volume must match " + ROLE + ", got '" + role + "'");
        }
    }

    /** A VM's root disk. */
    public static VolumeId root(VmId vm) {
        return new VolumeId(vm, "root");
    }

    /** A VM's data disk. */
    public static VolumeId data(VmId vm) {
        return new VolumeId(vm, "data");
    }

    @Override
    public String toString() {
        return vm + "-" + role;
    }
}
