package dev.minions.core.instance;

import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The file in a socket directory that says whose it is, so that those of deleted data directories can be told from those
 * of others.
 */
final class SocketMark {
    private static final String FILE = ".data-directory";
    private static final Pattern INSTALLATION = Pattern.compile("[0-9a-f]{12}");

    private SocketMark() {}

    /**
     * Marks a socket directory.
     *
     * @return whether it had no mark yet
     */
    static boolean put(Path sockets, Path dataDirectory) throws IOException {
        Path mark = sockets.resolve(FILE);
        if (Files.exists(mark)) {
            return false;
        }
        Path unfinished = Files.createTempFile(
                sockets, FILE, "", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(unfinished, dataDirectory.toString());
        Files.move(unfinished, mark, StandardCopyOption.ATOMIC_MOVE);
        return true;
    }

    /**
     * Removes the socket directories whose data directory is gone, or has become another installation. One in which
     * there is anything but the mark may have a VM living on in it, and one without a mark may be anybody's: both stay.
     * So does whatever cannot be looked at. An engine whose data directory is there finds its own untouched.
     */
    static void sweep(Path all) throws IOException {
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(all)) {
            for (Path sockets : directories) {
                if (INSTALLATION.matcher(String.valueOf(sockets.getFileName())).matches() && isStray(sockets)) {
                    Files.deleteIfExists(sockets.resolve(FILE));
                    Files.deleteIfExists(sockets);
                }
            }
        }
    }

    private static boolean isStray(Path sockets) {
        try {
            Path dataDirectory = Path.of(Files.readString(sockets.resolve(FILE)));
            return dataDirectory.isAbsolute()
                    && holdsTheMarkAlone(sockets)
                    && !Installation.idOf(dataDirectory).equals(Optional.of(String.valueOf(sockets.getFileName())));
        } catch (IOException | MinionsException unreadable) {
            return false;
        }
    }

    private static boolean holdsTheMarkAlone(Path sockets) throws IOException {
        try (Stream<Path> entries = Files.list(sockets)) {
            return entries.map(Path::getFileName).toList().equals(List.of(Path.of(FILE)));
        }
    }
}
