package dev.minions.core.instance;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where an installation's sockets are made: a short path that outlasts a logout and belongs to this user alone. */
final class SocketDirectory {
    /** What is left for {@code /<12 digits of the VM>/<name of the socket>}, of the 108 bytes a socket's path has. */
    static final int LONGEST = 60;

    private static final String NAME = "minions";

    private SocketDirectory() {}

    /** Chooses the path for an installation; makes nothing. */
    static Path choose(String installation, HostFacts host) {
        Optional<Path> own = host.isRoot() ? Optional.of(host.run()) : host.runtimeDirectory();
        return own.map(directory -> directory.resolve(NAME).resolve(installation))
                .filter(SocketDirectory::isShort)
                .orElseGet(() -> host.lasting().resolve(NAME + "-" + host.uid()).resolve(installation));
    }

    private static boolean isShort(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST;
    }

    /** Makes the directory and the one above it if they are missing, and makes sure that both are this user's own. */
    static Path require(Path directory, HostFacts host) {
        // VMMs of root's run as users of their own: they pass through to their directory, and can list nothing.
        String mode = host.isRoot() ? "rwx--x--x" : "rwx------";
        try {
            Path parent = directory.getParent();
            if (parent == null) {
                throw new IOException("it is no path of a directory in a directory");
            }
            requireOwn(parent, mode, host);
            return requireOwn(directory, mode, host);
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "open socket directory '" + directory + "': " + e, e);
        }
    }

    private static Path requireOwn(Path directory, String mode, HostFacts host) throws IOException {
        Set<PosixFilePermission> wanted = PosixFilePermissions.fromString(mode);
        try {
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(wanted));
            Files.setPosixFilePermissions(directory, wanted); // what the umask took away
        } catch (FileAlreadyExistsException there) {
            Map<String, Object> found =
                    Files.readAttributes(directory, "unix:uid,isDirectory,permissions", LinkOption.NOFOLLOW_LINKS);
            requireOwn(directory, found, host);
            if (!wanted.equals(found.get("permissions"))) {
                Files.setPosixFilePermissions(directory, wanted);
            }
        }
        return directory;
    }

    /** In a directory that everybody may write to, somebody else can have made ours first. */
    private static void requireOwn(Path directory, Map<String, Object> found, HostFacts host) {
        long owner = found.get("uid") instanceof Number uid ? uid.longValue() : -1;
        if (!Boolean.TRUE.equals(found.get("isDirectory")) || owner != host.uid()) {
            throw new MinionsException(
                    ErrorCode.IO_ERROR,
                    "open socket directory '" + directory + "': it is "
                            + (Boolean.TRUE.equals(found.get("isDirectory")) ? "a directory of" : "something else, of")
                            + " user " + owner + ", not a directory of user " + host.uid()
                            + "; have it removed and try again");
        }
    }
}
