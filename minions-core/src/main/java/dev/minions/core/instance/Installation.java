package dev.minions.core.instance;

import dev.minions.core.file.DurableFiles;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A data directory on one machine. Its id is what everything on the host that holds no data is marked with, so it is
 * bound to the machine and to the directory's real path: in a copied directory, or on a cloned host, the marks would be
 * somebody else's, and nothing is done there until the operator says {@code minions adopt}.
 *
 * <p>Immutable; any number of engines, in any number of processes, may open the same one at once.
 */
public final class Installation {
    /** The file in the data directory that says what it is bound to. */
    public static final String FILE = "installation";

    private final Path dataDirectory;
    private final Identity identity;
    private final HostFacts host;

    private Installation(Path dataDirectory, Identity identity, HostFacts host) {
        this.dataDirectory = dataDirectory;
        this.identity = identity;
        this.host = host;
    }

    /**
     * Opens a data directory, making it and its identity if there is none.
     *
     * @throws MinionsException {@code NOT_SUPPORTED} if it lies on a file system whose locks cannot be relied on;
     *     {@code FOREIGN_INSTALLATION} if it belongs to another machine or another path, which changes nothing
     */
    public static Installation open(Path dataDirectory, HostFacts host) {
        try {
            Path real = directory(dataDirectory, host);
            Identity identity = find(real).orElse(null);
            if (identity == null) {
                DurableFiles.create(real.resolve(FILE), newIdentity(real, host).toBytes());
                identity = read(real); // perhaps that of another process, which was faster
            }
            requireBinding(real, identity, host);
            return new Installation(real, identity, host);
        } catch (IOException e) {
            throw failure("open", dataDirectory, e);
        }
    }

    /** Whether {@link #open} would find something there: one that is missing or empty is made by it. */
    public static boolean isThere(Path dataDirectory) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(dataDirectory)) {
            return entries.iterator().hasNext();
        } catch (NoSuchFileException absent) {
            return false;
        } catch (IOException e) {
            return true; // opening it says what is wrong with it
        }
    }

    /**
     * Binds a data directory that was moved, copied or came with a cloned host to where it is now, under a new id, so
     * that what another one made is never taken for this one's. To be called when no engine has it open.
     *
     * @throws MinionsException {@code PATH_NOT_FOUND} if it is no data directory
     */
    public static Installation adopt(Path dataDirectory, HostFacts host) {
        try {
            Path real = dataDirectory.toRealPath();
            LocalFileSystems.require(real);
            Identity old = read(real);
            Identity adopted = newIdentity(real, host).after(old);
            DurableFiles.replace(real.resolve(FILE), adopted.toBytes());
            return new Installation(real, adopted, host);
        } catch (NoSuchFileException e) {
            throw noDataDirectory(dataDirectory, e);
        } catch (IOException e) {
            throw failure("adopt", dataDirectory, e);
        }
    }

    /**
     * Whether the data directory is a copy of one that is still where it was made, on this host.
     *
     * @throws MinionsException {@code PATH_NOT_FOUND} if it is no data directory
     */
    public static boolean isCopy(Path dataDirectory) {
        try {
            Identity identity = read(dataDirectory.toRealPath());
            return !identity.path().equals(dataDirectory.toRealPath())
                    && find(identity.path())
                            .filter(original -> original.id().equals(identity.id()))
                            .isPresent();
        } catch (NoSuchFileException e) {
            throw noDataDirectory(dataDirectory, e);
        } catch (IOException e) {
            throw failure("adopt", dataDirectory, e);
        }
    }

    private static MinionsException noDataDirectory(Path dataDirectory, NoSuchFileException cause) {
        return new MinionsException(
                ErrorCode.PATH_NOT_FOUND, "adopt '" + dataDirectory + "': this is no data directory", cause);
    }

    /** The id, 12 hexadecimal digits. */
    public String id() {
        return identity.id();
    }

    /** The ids it had before it was adopted, the newest last. What bears their marks may be another's. */
    public List<String> formerIds() {
        return identity.former();
    }

    /** The real path of the data directory. */
    public Path dataDirectory() {
        return dataDirectory;
    }

    /**
     * Where sockets are made, as was chosen when the data directory was: nobody derives it again. It is made here if it
     * is missing, as after a reboot; then those beside it go whose data directory is gone.
     *
     * @throws MinionsException {@code IO_ERROR} if the directory is not this user's own
     */
    public Path socketDirectory() {
        Path sockets = SocketDirectory.require(identity.sockets(), host);
        try {
            if (SocketMark.put(sockets, dataDirectory)) {
                SocketMark.sweep(Objects.requireNonNull(sockets.getParent(), "parent"));
            }
            return sockets;
        } catch (IOException e) {
            throw failure("mark the sockets of", dataDirectory, e);
        }
    }

    private static Path directory(Path dataDirectory, HostFacts host) throws IOException {
        if (!Files.isDirectory(dataDirectory)) {
            // The users that VMMs run as must be able to pass through, not to look.
            Files.createDirectories(dataDirectory, permissions(host.isRoot() ? "rwx--x--x" : "rwx------"));
        }
        Path real = dataDirectory.toRealPath();
        LocalFileSystems.require(real);
        return real;
    }

    private static Identity newIdentity(Path real, HostFacts host) {
        String id = Identity.randomId();
        return new Identity(id, Identity.fingerprint(host.machine()), real, SocketDirectory.choose(id, host));
    }

    /** The id of the data directory there; empty if there is none. */
    static Optional<String> idOf(Path dataDirectory) throws IOException {
        return find(dataDirectory).map(Identity::id);
    }

    private static Optional<Identity> find(Path real) throws IOException {
        try {
            return Optional.of(read(real));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    private static Identity read(Path real) throws IOException {
        return Identity.parse(real.resolve(FILE), Files.readString(real.resolve(FILE)));
    }

    private static void requireBinding(Path real, Identity identity, HostFacts host) {
        String adopt = "; if nothing else uses it, run: minions --data-dir '" + real + "' adopt";
        if (!identity.machine().equals(Identity.fingerprint(host.machine()))) {
            throw new MinionsException(
                    ErrorCode.FOREIGN_INSTALLATION,
                    "open data directory '" + real + "': it was made on another machine" + adopt);
        }
        if (!identity.path().equals(real)) {
            throw new MinionsException(
                    ErrorCode.FOREIGN_INSTALLATION,
                    "open data directory '" + real + "': it was made at '" + identity.path()
                            + "' and copied or moved here" + adopt);
        }
    }

    private static FileAttribute<Set<PosixFilePermission>> permissions(String text) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text));
    }

    private static MinionsException failure(String verb, Path dataDirectory, IOException cause) {
        return new MinionsException(
                ErrorCode.IO_ERROR, verb + " data directory '" + dataDirectory + "': " + cause, cause);
    }
}
