package dev.minions.cli;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the launcher's archive of classes is made from: whatever this loads is there at once in every later start. It
 * works on a data directory of its own that it removes again. The VM in it is never started; without one, nothing would
 * load what reads a VM.
 */
final class Training {
    private static final long DISK_BYTES = 64L << 20;
    private static final String DISK = "disk.raw";
    private static final List<String> COMMANDS = List.of(
            "image import DISK --name training",
            "create training --image training --disk 64M --stopped",
            "version",
            "version --json",
            "list",
            "list --json",
            "info training --json",
            "info none --json",
            "image list",
            "exec none -- true",
            "destroy training");

    private Training() {}

    /** Runs the commands one after the other. Their exit codes do not matter: most find nothing. */
    public static void main(String... args) throws IOException {
        Path data = Files.createTempDirectory("minions-training");
        try {
            Path disk = data.resolve(DISK);
            makeDisk(disk);
            for (String command : COMMANDS) {
                String words = "--data-dir " + data.resolve("data") + " " + command.replace("DISK", disk.toString());
                Main.run(new LocalEngines(), words.split(" ", -1));
            }
        } finally {
            remove(data);
        }
        System.exit(Exit.OK); // as Main does: ending a JVM loads classes too
    }

    /** Nothing is in it, and it takes no room. */
    private static void makeDisk(Path disk) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(DISK_BYTES);
        }
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
