package dev.minions.core.engine;

import dev.minions.ConsoleLog;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A console's log, read from the files that the VMM's launcher keeps. */
final class Console implements ConsoleLog {
    private final List<Path> files;
    private final BooleanSupplier alive;

    /**
     * Makes one.
     *
     * @param files the oldest first; some may not exist
     * @param alive whether more may come
     */
    Console(List<Path> files, BooleanSupplier alive) {
        this.files = List.copyOf(files);
        this.alive = alive;
    }

    @Override
    public String text() {
        return new String(read(files), StandardCharsets.UTF_8);
    }

    @Override
    public String tail(int lines) {
        return tail(files, lines);
    }

    @Override
    public InputStream follow() {
        return new FollowedConsole(files, alive);
    }

    /** The last lines of the files; empty if there is nothing. */
    static String tail(List<Path> files, int lines) {
        if (lines < 0) {
            throw new IllegalArgumentException("a number of lines must not be negative, got " + lines);
        }
        List<String> all =
                new String(read(files), StandardCharsets.UTF_8).lines().toList();
        List<String> last = all.subList(Math.max(0, all.size() - lines), all.size());
        return last.isEmpty() ? "" : String.join("\n", last) + "\n";
    }

    private static byte[] read(List<Path> files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        files.forEach(file -> bytes.writeBytes(read(file)));
        return bytes.toByteArray();
    }

    /** The file's content; nothing if there has been no output yet, or too little for a second file. */
    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException absent) {
            return new byte[0];
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "read console log '" + file + "': " + e.getMessage(), e);
        }
    }
}
