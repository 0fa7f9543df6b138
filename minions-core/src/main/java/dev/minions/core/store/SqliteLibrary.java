package dev.minions.core.store;

import dev.minions.core.file.DurableFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * Loads SQLite's native library from a copy kept in the data directory. By itself the driver unpacks it into a temporary
 * directory at every start, which takes longer than most commands do.
 */
final class SqliteLibrary {
    private static final String PATH_PROPERTY = "org.sqlite.lib.path";
    private static final Logger LOG = LoggerFactory.getLogger(SqliteLibrary.class);

    private static boolean loaded;

    private SqliteLibrary() {}

    /** Whatever fails here, the driver still has its own way. */
    static synchronized void load(Path dataDirectory) {
        if (loaded || System.getProperty(PATH_PROPERTY) != null) {
            return;
        }
        loaded = true;
        try {
            if (belongsToItsOwnerAlone(dataDirectory)) {
                loadFrom(kept(dataDirectory));
            }
        } catch (IOException e) {
            LOG.debug("the driver unpacks its library itself: {}", e.toString());
        }
    }

    /** Code is loaded only from where nobody else can put it. */
    private static boolean belongsToItsOwnerAlone(Path directory) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
        return !permissions.contains(PosixFilePermission.GROUP_WRITE)
                && !permissions.contains(PosixFilePermission.OTHERS_WRITE)
                && Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(Path.of("/proc/self")));
    }

    private static Path kept(Path dataDirectory) throws IOException {
        Path directory = dataDirectory.resolve("lib").resolve("sqlite-" + SQLiteJDBCLoader.getVersion());
        Path library = directory.resolve(LibraryLoaderUtil.getNativeLibName());
        if (!Files.exists(library)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            unpack(library);
        }
        return library;
    }

    private static void unpack(Path library) throws IOException {
        String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + library.getFileName();
        Path temporary = DurableFiles.temporaryBeside(library);
        try (InputStream content = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
            if (content == null) {
                throw new IOException("the driver has no " + resource);
            }
            Files.copy(content, temporary);
            DurableFiles.sync(temporary);
            Files.move(temporary, library, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Other copies of the driver in this JVM have other libraries, so the property does not stay. */
    private static void loadFrom(Path library) throws IOException {
        System.setProperty(PATH_PROPERTY, String.valueOf(library.getParent()));
        try {
            SQLiteJDBCLoader.initialize();
        } catch (Exception e) { // declared so by the driver
            throw new IOException(e);
        } finally {
            System.clearProperty(PATH_PROPERTY);
        }
    }
}
