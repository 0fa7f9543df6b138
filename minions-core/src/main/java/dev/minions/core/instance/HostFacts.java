package dev.minions.core.instance;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a data directory is bound to, and where this user may make sockets.
 *
 * @param machine the host's machine-id; {@code none} where it has none
 * @param uid the effective user id of this process
 * @param run where the system keeps what is gone after a reboot
 * @param runtimeDirectory the user's own directory for such things, if there is one that outlasts a logout
 * @param lasting where anybody may make a directory that is kept
 */
public record HostFacts(String machine, long uid, Path run, Optional<Path> runtimeDirectory, Path lasting) {
    private static final String NO_MACHINE = "none";
    private static final List<Path> MACHINE_ID =
            List.of(Path.of("/etc/machine-id"), Path.of("/var/lib/dbus/machine-id"));
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path LINGER = Path.of("/var/lib/systemd/linger");

    /** Reads them from this host. */
    public static HostFacts ofThisHost() {
        try {
            return new HostFacts(machineId(), effectiveUid(), Path.of("/run"), lingering(), Path.of("/var/tmp"));
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "look at this host: " + e, e);
        }
    }

    /** Whether this process is root. */
    public boolean isRoot() {
        return uid == 0;
    }

    private static String machineId() throws IOException {
        for (Path file : MACHINE_ID) {
            String id = Files.isReadable(file) ? Files.readString(file).strip() : "";
            if (!id.isEmpty() && !id.equals("uninitialized")) { // what systemd writes before the first boot
                return id;
            }
        }
        return NO_MACHINE;
    }

    /** {@code Uid: real effective saved filesystem}; the owner of /proc/self is root for some processes that are not. */
    private static long effectiveUid() throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("Uid:"))
                .map(line -> line.split("\\s+", -1)[2])
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow(() -> new IOException(STATUS + " has no user id"));
    }

    /** Without linger, logind removes the directory at the last logout, under VMs that live on. */
    private static Optional<Path> lingering() {
        String directory = System.getenv("XDG_RUNTIME_DIR");
        String user = System.getProperty("user.name", "");
        boolean usable = directory != null
                && directory.startsWith("/")
                && !user.isEmpty()
                && user.indexOf('/') < 0
                && Files.exists(LINGER.resolve(user));
        return usable ? Optional.of(Path.of(directory)) : Optional.empty();
    }
}
