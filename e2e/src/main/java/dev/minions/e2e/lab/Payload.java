package dev.minions.e2e.lab;

import dev.minions.spi.process.HostCommand;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/**
 * What hosts of the lab take in: a tree of files, which becomes a disk that they mount. Files are linked where that can
 * be, so that nothing is copied but once, into the disk. Made without mounting anything, by any user.
 */
final class Payload {
    /** Room for the file system's own tables; what is not used of it takes no room on this host. */
    private static final long SPARE_BYTES = 256L << 20;

    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Path tree;
    private long bytes;

    /** An empty one, gathered in a directory that is made. */
    Payload(Path directory) throws IOException {
        this.tree = Files.createDirectories(directory);
        // Whoever runs VMs in the lab is neither root nor the owner.
        Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Takes a file or a directory in under a name, which may have directories in it. */
    Payload add(String name, Path source) throws IOException {
        Path real = source.toRealPath();
        Path target = tree.resolve(name);
        Files.createDirectories(target.getParent());
        Files.walkFileTree(real, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Files.createDirectories(target.resolve(real.relativize(directory)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                link(file, file.equals(real) ? target : target.resolve(real.relativize(file)));
                bytes += attributes.size();
                return FileVisitResult.CONTINUE;
            }
        });
        return this;
    }

    private static void link(Path file, Path target) throws IOException {
        if (Files.isSymbolicLink(file)) {
            Files.createSymbolicLink(target, Files.readSymbolicLink(file));
            return;
        }
        try {
            Files.createLink(target, file);
        } catch (IOException | UnsupportedOperationException otherFileSystem) {
            HostCommand.of("cp", "--sparse=always", "--preserve=mode", file.toString(), target.toString())
                    .within(LIMIT)
                    .run();
        }
    }

    /** Takes a text in as a file. */
    Payload addText(String name, String text) throws IOException {
        Path target = tree.resolve(name);
        Files.createDirectories(target.getParent());
        Files.writeString(target, text);
        return this;
    }

    /** Makes a disk of it: one ext4 file system. */
    Path disk(Path target) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(target.toFile(), "rw")) {
            file.setLength(bytes + bytes / 16 + SPARE_BYTES);
        }
        // It is only ever read, so it needs no journal and nothing kept back for root.
        HostCommand.of(List.of(
                        "mke2fs",
                        "-q",
                        "-F",
                        "-t",
                        "ext4",
                        "-O",
                        "^has_journal",
                        "-m",
                        "0",
                        "-E",
                        "root_owner=0:0",
                        "-d",
                        tree.toString(),
                        target.toString()))
                .within(LIMIT)
                .hint("apt install e2fsprogs")
                .run();
        return target;
    }
}
