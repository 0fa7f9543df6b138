package dev.minions;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A disk of this host that a VM has besides its own: a file or a block device, raw. It belongs to whoever attached it;
 * Minions neither makes, copies, grows nor removes it. No two VMs can run with one that either of them may write to.
 *
 * <p>Where the engine is root, VMMs are not: a disk that is only read must be readable for everybody, and one that may
 * be written to becomes the VMM's own when the VM starts, or when it is attached to one that runs.
 *
 * @param path the file or the device
 * @param access whether the guest may write to it
 */
public record AttachedDisk(Path path, Access access) {
    /** Whether a guest may write to an attached disk. */
    public enum Access {
        /** It may not. */
        READ_ONLY,
        /** It may. */
        READ_WRITE
    }

    /** Makes the path absolute. */
    public AttachedDisk {
        Objects.requireNonNull(access, "access");
        path = path.toAbsolutePath().normalize();
    }

    /** A disk that the guest can only read. */
    public static AttachedDisk readOnly(Path path) {
        return new AttachedDisk(path, Access.READ_ONLY);
    }

    /** A disk that the guest can read and write. */
    public static AttachedDisk readWrite(Path path) {
        return new AttachedDisk(path, Access.READ_WRITE);
    }
}
