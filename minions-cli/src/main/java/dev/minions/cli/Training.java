package dev.minions.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the launcher's archive of classes is made from: whatever this loads is there at once in every later start. It
 * works on a data directory of its own that it removes again, and neither makes nor touches a VM.
 */
final class Training {
    private static final List<String> COMMANDS = List.of(
            "version", "version --json", "list", "list --json", "info none --json", "image list", "exec none -- true");

    private Training() {}

    /** Runs the commands one after the other. Their exit codes do not matter: most find nothing. */
    public static void main(String... args) throws IOException {
        Path data = Files.createTempDirectory("minions-training");
        try {
            for (String command : COMMANDS) {
                Main.run(new LocalEngines(), ("--data-dir " + data + " " + command).split(" ", -1));
            }
        } finally {
            remove(data);
        }
        System.exit(Exit.OK); // as Main does: ending a JVM loads classes too
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(Training::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
