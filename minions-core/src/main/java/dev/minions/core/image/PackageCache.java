package dev.minions.core.image;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.Set;

/**
 * The packages that earlier builds fetched: a try that the network ended goes on from them, and the next build fetches
 * only what is new. Holds no more than one build needed. May be emptied by anybody at any time.
 */
final class PackageCache {
    private static final String PACKAGES = "*.deb";

    private final Path directory;

    /** Keeps the packages in that directory, which need not be there. */
    PackageCache(Path directory) {
        this.directory = directory;
    }

    /** The directory, made if it was not there. */
    Path directory() throws IOException {
        return Files.createDirectories(directory);
    }

    boolean isEmpty() throws IOException {
        try (DirectoryStream<Path> packages = Files.newDirectoryStream(directory(), PACKAGES)) {
            return !packages.iterator().hasNext();
        }
    }

    /**
     * Takes in what a build fetched.
     *
     * @param fetched where the build put its packages, on the same file system; emptied
     * @param complete whether that is all it needed, so that any other package can go
     */
    void keep(Path fetched, boolean complete) throws IOException {
        Set<Path> kept = new HashSet<>();
        try (DirectoryStream<Path> packages = Files.newDirectoryStream(fetched, PACKAGES)) {
            for (Path file : packages) {
                Path target = directory().resolve(file.getFileName());
                Files.move(file, target, StandardCopyOption.REPLACE_EXISTING);
                kept.add(target);
            }
        }
        if (complete && !kept.isEmpty()) {
            removeAllBut(kept);
        }
    }

    void clear() throws IOException {
        removeAllBut(Set.of());
    }

    private void removeAllBut(Set<Path> kept) throws IOException {
        try (DirectoryStream<Path> packages = Files.newDirectoryStream(directory(), PACKAGES)) {
            for (Path file : packages) {
                if (!kept.contains(file)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
