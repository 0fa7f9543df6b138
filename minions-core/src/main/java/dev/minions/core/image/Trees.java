package dev.minions.core.image;

import dev.minions.core.file.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Directories with all that is in them. */
final class Trees {
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
    private static final int MOUNT_POINT = 4;
    private static final Pattern ESCAPED = Pattern.compile("\\\\([0-7]{3})");
    private static final int OCTAL = 8;

    private Trees() {}

    /**
     * Removes a directory. Links are removed and not followed; absence is success.
     *
     * @throws IOException also if something is mounted in it, which is not ours to remove; then nothing is
     */
    static void delete(Path top) throws IOException {
        try {
            requireNoMounts(top.toRealPath());
            Files.walkFileTree(top, new Remover());
        } catch (NoSuchFileException gone) {
            return;
        }
    }

    private static void requireNoMounts(Path top) throws IOException {
        for (String line : Files.readAllLines(MOUNTS, StandardCharsets.ISO_8859_1)) {
            Path mounted = Path.of(unescaped(line.split(" ", -1)[MOUNT_POINT]));
            if (mounted.startsWith(top)) {
                throw new IOException("a file system is mounted at '" + mounted + "': umount it first");
            }
        }
    }

    /** The kernel writes white space and backslashes as {@code \040}: proc_pid_mountinfo(5). */
    private static String unescaped(String word) {
        byte[] bytes = ESCAPED.matcher(word)
                .replaceAll(found ->
                        Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(found.group(1), OCTAL))))
                .getBytes(StandardCharsets.ISO_8859_1);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Waits until the files of a directory, and their names, are on the disk. */
    static void sync(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                DurableFiles.sync(file);
            }
        }
        DurableFiles.sync(directory);
    }

    private static final class Remover extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
