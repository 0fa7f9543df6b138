package dev.minions.spi.process;

import dev.minions.error.ErrorCode;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A directory that a process of another user may write, and how to handle one without trusting that user. */
public final class HostDirectory {
    private static final Path MAPPED = Path.of("/dev/mapper");

    private HostDirectory() {}

    /**
     * Makes a directory that only its owner can enter, or takes the one that is there.
     *
     * @param directory what to make; its parent exists
     * @param owner who shall own it; empty means this JVM's user
     * @throws dev.minions.error.MinionsException with {@code IO_ERROR} if it cannot be made, or is no directory
     */
    public static void makePrivate(Path directory, Optional<RunAs> owner) {
        try {
            var mode = PosixFilePermissions.fromString("rwx------");
            try {
                Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(mode));
            } catch (FileAlreadyExistsException e) {
                if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                    throw Failures.failure(
                            ErrorCode.IO_ERROR, "make directory '" + directory + "': something else has that name");
                }
                Files.setPosixFilePermissions(directory, mode);
            }
            if (owner.isPresent()) {
                give(directory, owner.get());
            }
        } catch (IOException e) {
            throw Failures.io("make directory '" + directory + "'", e);
        }
    }

    /**
     * Gives a file or directory to a user. A link is given itself, not what it leads to.
     *
     * @throws dev.minions.error.MinionsException with {@code IO_ERROR} if this JVM's user may not
     */
    public static void giveTo(Path path, RunAs owner) {
        try {
            give(path, owner);
        } catch (IOException e) {
            throw Failures.io("give '" + path + "' to uid " + owner.uid(), e);
        }
    }

    /**
     * Gives a disk to a user: a file as {@link #giveTo} does, but of a link in {@code /dev/mapper} the device that it leads
     * to. Only root makes links there, and they are the only lasting names of those devices.
     *
     * @throws dev.minions.error.MinionsException with {@code IO_ERROR} if this JVM's user may not
     */
    public static void giveDisk(Path disk, RunAs owner) {
        try {
            Path absolute = disk.toAbsolutePath().normalize();
            give(absolute.startsWith(MAPPED) ? absolute.toRealPath() : disk, owner);
        } catch (IOException e) {
            throw Failures.io("give '" + disk + "' to uid " + owner.uid(), e);
        }
    }

    /**
     * Removes a directory with all that is in it and follows no link, whatever is renamed meanwhile. One that is not
     * there is success; a link in its place is removed itself.
     */
    public static void remove(Path directory) {
        try {
            clear(directory, Path.of("")); // no entry has that name
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw Failures.io("remove directory '" + directory + "'", e);
        }
    }

    /** Removes what is in a directory, except one entry. */
    static void clear(Path directory, Path except) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (DirectoryStream<Path> parent = Files.newDirectoryStream(parentOf(directory))) {
            clear(secure(parent), directory.getFileName(), except);
        } catch (NoSuchFileException e) {
            return; // somebody else was as quick
        }
    }

    private static void clear(SecureDirectoryStream<Path> parent, Path name, Path except) throws IOException {
        List<Path> inside = new ArrayList<>();
        try (SecureDirectoryStream<Path> stream = parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
            stream.forEach(entry -> inside.add(entry.getFileName()));
            inside.remove(except);
            for (Path entry : inside) {
                delete(stream, entry);
            }
        }
    }

    private static void delete(SecureDirectoryStream<Path> directory, Path name) throws IOException {
        try {
            var attributes = directory
                    .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .readAttributes();
            if (attributes.isDirectory()) {
                clear(directory, name, Path.of(""));
                directory.deleteDirectory(name);
            } else {
                directory.deleteFile(name);
            }
        } catch (NoSuchFileException e) {
            return; // somebody else was as quick
        } catch (DirectoryNotEmptyException e) {
            throw new IOException("'" + name + "' is being written", e);
        }
    }

    /** On Linux every directory can be opened this way. */
    private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream) {
        return (SecureDirectoryStream<Path>) stream;
    }

    private static Path parentOf(Path directory) throws IOException {
        Path parent = directory.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IOException("it is the root of the file system");
        }
        return parent;
    }

    private static void give(Path path, RunAs owner) throws IOException {
        Files.setAttribute(path, "unix:gid", (int) owner.gid(), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(path, "unix:uid", (int) owner.uid(), LinkOption.NOFOLLOW_LINKS);
    }
}
