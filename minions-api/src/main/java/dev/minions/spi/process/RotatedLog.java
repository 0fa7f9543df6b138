package dev.minions.spi.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A log in two files of 1 MiB, the newer {@code NAME.cur} and the older {@code NAME.prev}, as the {@link Launcher}
 * keeps it: the last one to two MiB of what was written.
 *
 * <p>The content may come from a guest and is not to be trusted. Any thread, any process; nothing is remembered here.
 *
 * @param directory where the files are
 * @param name their name without the ending
 */
public record RotatedLog(Path directory, String name) {
    private static final int FILE_LIMIT = 1024 * 1024;

    /** Makes the directory absolute. */
    public RotatedLog {
        directory = directory.toAbsolutePath();
        if (name.isEmpty() || name.contains("/")) {
            throw new IllegalArgumentException("a log's name must be a file name, got '" + name + "'");
        }
    }

    /** The newer file. There from the start of a process on. */
    public Path current() {
        return directory.resolve(name + ".cur");
    }

    /** The older file. It may not exist. */
    public Path previous() {
        return directory.resolve(name + ".prev");
    }

    /** Both, the older one first. */
    public List<Path> files() {
        return List.of(previous(), current());
    }

    /** Everything that is kept, as UTF-8; empty if there is nothing. */
    public String text() {
        // The newer one first: if it becomes the older one meanwhile, it is read twice rather than not at all.
        Content newer = read(current());
        Content older = read(previous());
        return older.text.isEmpty() || Objects.equals(older.key, newer.key) ? newer.text : older.text + newer.text;
    }

    /**
     * The last lines, without blank ones at the end.
     *
     * @param lines how many, 0 or more
     */
    public String tail(int lines) {
        List<String> all = text().stripTrailing().lines().toList();
        return all.stream().skip(Math.max(0, all.size() - lines)).collect(Collectors.joining("\n"));
    }

    /** Both files' path without the ending. */
    Path base() {
        return directory.resolve(name);
    }

    /** Makes a newer file that is empty; what an earlier process left there becomes the older one. */
    void begin() {
        try {
            if (Files.exists(current(), LinkOption.NOFOLLOW_LINKS) && Files.size(current()) > 0) {
                Files.move(current(), previous(), StandardCopyOption.REPLACE_EXISTING);
            }
            Files.deleteIfExists(current());
            Files.createFile(
                    current(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (IOException e) {
            throw Failures.io("keep log '" + base() + "'", e);
        }
    }

    void remove() {
        try {
            for (Path file : files()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw Failures.io("remove log '" + base() + "'", e);
        }
    }

    private static Content read(Path file) {
        try (var stream = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            var attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            byte[] bytes = stream.readNBytes(FILE_LIMIT);
            return new Content(new String(bytes, StandardCharsets.UTF_8), attributes.fileKey());
        } catch (IOException e) {
            return new Content("", file);
        }
    }

    /** What a file held, and which file it was, whatever its name is by now. */
    private record Content(String text, Object key) {}
}
