package dev.minions.net.linux;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A small file of names and values, a line {@code name=value} each, in the order of the names. It changes at one
 * instant, whatever becomes of this process.
 */
record StateFile(Path path) {
    /** Whether the host may go down the moment after a file was written. */
    enum Durability {
        /** It may, and the file must be there afterwards. */
        OVER_A_BOOT,
        /** What the file tells of goes down with the host: then it may be there, be empty, or not be there. */
        UNTIL_THE_NEXT_BOOT
    }

    /** What is in it; empty if it is not there, or nothing is in it. */
    Optional<Map<String, String>> read() {
        try {
            Map<String, String> values = new TreeMap<>();
            for (String line : Files.readAllLines(path)) {
                int equals = line.indexOf('=');
                if (equals < 1) {
                    throw new IOException("line '" + line + "' is not as Minions writes it");
                }
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
            return Optional.of(values).filter(some -> !some.isEmpty());
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException e) {
            throw failure("read", e);
        }
    }

    void write(Map<String, String> values, Durability durability) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(values).forEach((name, value) -> {
            if (value.indexOf('\n') >= 0 || name.indexOf('=') >= 0) {
                throw new IllegalArgumentException("'" + name + "' does not fit on a line of '" + path + "'");
            }
            text.append(name).append('=').append(value).append('\n');
        });
        Path temporary = path.resolveSibling(path.getFileName() + ".new");
        try {
            // Not a channel: an interrupt would close that, and what is interrupted must still be noted.
            try (var out = new FileOutputStream(temporary.toFile())) {
                out.write(text.toString().getBytes(StandardCharsets.UTF_8));
                if (durability == Durability.OVER_A_BOOT) {
                    out.getFD().sync();
                }
            }
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failure("write", e);
        }
    }

    /** Removes it, and what an interrupted write left. */
    void delete() {
        try {
            Files.deleteIfExists(path);
            Files.deleteIfExists(path.resolveSibling(path.getFileName() + ".new"));
        } catch (IOException e) {
            throw failure("remove", e);
        }
    }

    private MinionsException failure(String verb, IOException e) {
        return new MinionsException(ErrorCode.IO_ERROR, verb + " '" + path + "': " + e, e);
    }
}
