package dev.minions.spi.process;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Optional;

/**
 * The users that processes of ours run as when the engine is root: numbers from a range that no distribution, container
 * or service manager gives out, one for each VM and purpose, so that no process can touch another's.
 */
public final class HostUser {
    /** The first uid of VMMs; a VM's is this and its CID. */
    public static final long FIRST_VMM = 1_879_048_192L;

    /** The first uid of network processes; a VM's is this and its CID. */
    public static final long FIRST_NETWORK = 2_013_265_920L;

    /** The last uid of network processes. */
    public static final long LAST_NETWORK = 2_147_483_647L;

    private static final boolean ROOT = ownerOf(Path.of("/proc/self")) == 0;

    private HostUser() {}

    /** Whether this JVM runs as root. */
    public static boolean isRoot() {
        return ROOT;
    }

    /**
     * The user of a VM's VMM; empty where the engine is not root and can only use its own.
     *
     * @param cid the VM's context id
     * @param group a further group, for example that of {@code /dev/kvm}
     */
    public static Optional<RunAs> vmm(long cid, Optional<Long> group) {
        return user(FIRST_VMM, FIRST_NETWORK - 1, cid, group.stream().toList());
    }

    /** The user of a VM's network process; empty where the engine is not root. */
    public static Optional<RunAs> network(long cid) {
        return user(FIRST_NETWORK, LAST_NETWORK, cid, List.of());
    }

    private static Optional<RunAs> user(long first, long last, long cid, List<Long> groups) {
        if (!ROOT) {
            return Optional.empty();
        }
        long uid = first + cid;
        if (cid < 0 || uid > last) {
            throw new IllegalArgumentException("a CID must be 0 to " + (last - first) + ", got " + cid);
        }
        return Optional.of(new RunAs(uid, uid, groups, List.of()));
    }

    /**
     * Checks that a user who is in no group of ours can come to a file, and names the directory that is in the way.
     *
     * @throws MinionsException {@code HYPERVISOR_ERROR} if not
     */
    public static void requireWay(Path file, RunAs user) {
        Path absolute = file.toAbsolutePath();
        for (Path part = absolute.getParent(); part != null; part = part.getParent()) {
            try {
                if (!Files.getPosixFilePermissions(part).contains(PosixFilePermission.OTHERS_EXECUTE)
                        && ownerOf(part) != user.uid()) {
                    throw new MinionsException(
                            ErrorCode.HYPERVISOR_ERROR,
                            "open '" + file + "' as uid " + user.uid() + ": VMMs do not run as root, and '" + part
                                    + "' lets nobody else in; chmod o+x '" + part + "' or use another data directory");
                }
            } catch (IOException e) {
                throw new MinionsException(ErrorCode.IO_ERROR, "look at '" + part + "': " + e, e);
            }
        }
    }

    private static long ownerOf(Path path) {
        try {
            return ((Integer) Files.getAttribute(path, "unix:uid")).longValue() & 0xFFFF_FFFFL;
        } catch (IOException e) {
            return -1;
        }
    }
}
