package dev.minions.core.image;

import dev.minions.ImageRef;
import dev.minions.OperationId;
import dev.minions.core.file.DurableFiles;
import dev.minions.spi.process.HostCommand;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The images directory. A finished image is {@code <64 digits>/} with its parts; everything unfinished lies in
 * {@code .tmp-<operation>/}, and becomes an image by one rename or is removed.
 *
 * @param top the directory
 */
record ImageFiles(Path top) {
    static final String DISK = "disk";
    static final String KERNEL = "kernel";
    static final String INITRD = "initrd";
    private static final String MANIFEST = "manifest";
    private static final String PREFIX = "sha256:";
    private static final String UNFINISHED = ".tmp-";
    private static final Pattern FINISHED = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern UNFINISHED_NAME = Pattern.compile("\\.tmp-[0-9a-f-]{36}");
    private static final Duration REMOVAL = Duration.ofMinutes(2);

    /** The name, below the images directory, of what an operation makes. */
    static String unfinished(OperationId operation) {
        return UNFINISHED + operation;
    }

    /** Makes the directory of an operation. */
    Path begin(OperationId operation) throws IOException {
        Files.createDirectories(top);
        return Files.createDirectory(top.resolve(unfinished(operation)));
    }

    /** Removes what an operation made and did not finish. Absence is success. */
    void discard(String name) throws IOException {
        if (!UNFINISHED_NAME.matcher(name).matches()) {
            throw new IOException("'" + name + "' is not the directory of an operation");
        }
        Path directory = top.resolve(name);
        try {
            Trees.delete(directory);
        } catch (AccessDeniedException othersFiles) {
            // A build without root was killed: what its subordinate ids own, only they can remove.
            HostCommand.of("unshare", "--map-root-user", "--map-auto", "--", "rm", "-rf", "--", directory.toString())
                    .within(REMOVAL)
                    .run();
        }
    }

    Path directory(ImageRef digest) {
        return top.resolve(digest.value().substring(PREFIX.length()));
    }

    Path part(ImageRef digest, String name) {
        return directory(digest).resolve(name);
    }

    /** Whether the files of an image are there. */
    boolean complete(ImageRef digest) {
        return Files.exists(part(digest, DISK)) && Files.exists(part(digest, MANIFEST));
    }

    /**
     * Makes a directory with all parts an image, durably.
     *
     * @param parts a directory on the same file system with the parts
     * @param digest where to; an image that is there already stays, having the same content
     */
    void publish(Path parts, ImageManifest manifest, ImageRef digest) throws IOException {
        Files.write(parts.resolve(MANIFEST), manifest.toJson());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(parts)) {
            for (Path file : files) {
                // Every VMM may read it, whatever user it runs as; nobody is to change it.
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
            }
        }
        Files.setPosixFilePermissions(parts, PosixFilePermissions.fromString("rwxr-xr-x"));
        Trees.sync(parts);
        Path target = directory(digest);
        if (!Files.exists(target)) {
            Files.move(parts, target, StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.sync(top);
        }
    }

    /** Makes an image unfinished again, by one rename, and removes it. Absence is success. */
    void remove(ImageRef digest, String name) throws IOException {
        Path directory = directory(digest);
        if (Files.exists(directory)) {
            Files.move(directory, top.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.sync(top);
        }
        discard(name);
    }

    /** The manifest of an image; empty if it is not there or cannot be understood. */
    Optional<ImageManifest> manifest(ImageRef digest) {
        try {
            return Optional.of(ImageManifest.fromJson(Files.readAllBytes(part(digest, MANIFEST))))
                    .filter(manifest -> manifest.image().digest().equals(digest));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The finished images that are there. */
    List<ImageRef> finished() throws IOException {
        List<ImageRef> found = new ArrayList<>();
        if (Files.isDirectory(top)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(top)) {
                for (Path entry : entries) {
                    String name = String.valueOf(entry.getFileName());
                    if (FINISHED.matcher(name).matches()) {
                        found.add(ImageRef.of(PREFIX + name));
                    }
                }
            }
        }
        return found;
    }
}
