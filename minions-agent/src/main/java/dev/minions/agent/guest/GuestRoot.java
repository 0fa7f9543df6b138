package dev.minions.agent.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the guest's files are: the root directory, or in tests a directory that stands for it.
 *
 * @param root what stands for {@code /}
 */
record GuestRoot(Path root) {
    static GuestRoot real() {
        return new GuestRoot(Path.of("/"));
    }

    /** The place of an absolute path of the guest. */
    Path at(String absolute) {
        return root.resolve(absolute.substring(1));
    }

    boolean isReal() {
        return root.getNameCount() == 0;
    }

    /** A small file's text without blanks at its ends, or null if it cannot be read. */
    @Nullable
    String text(String absolute) {
        try {
            return new String(Files.readAllBytes(at(absolute)), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return null;
        }
    }
}
