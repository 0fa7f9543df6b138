package dev.minions.core.instance;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * The file systems that a data directory may lie on: those whose locks and shared memory are this kernel's own. On a
 * network file system two hosts would each take the other's VMs for dead; a foreign one has no locks to rely on.
 */
public final class LocalFileSystems {
    private static final Set<String> KNOWN = Set.of(
            "ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "zfs", "bcachefs", "jfs", "nilfs2", "tmpfs", "overlay");

    private LocalFileSystems() {}

    /**
     * Makes sure that a directory lies on one of them.
     *
     * @throws MinionsException {@code NOT_SUPPORTED}, naming the type of file system that it lies on
     */
    public static void require(Path directory) {
        String type = type(directory);
        if (!KNOWN.contains(type)) {
            throw new MinionsException(
                    ErrorCode.NOT_SUPPORTED,
                    "use data directory '" + directory + "': it lies on a file system of type '" + type
                            + "', and locks can be relied on only on " + String.join(", ", new TreeSet<>(KNOWN))
                            + "; choose another with --data-dir");
        }
    }

    static boolean isKnown(String type) {
        return KNOWN.contains(type);
    }

    private static String type(Path directory) {
        try {
            return Files.getFileStore(directory).type();
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "use data directory '" + directory + "': " + e, e);
        }
    }
}
