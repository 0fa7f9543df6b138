package dev.minions.core;

import dev.minions.testkit.Await;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A file system of a kind and size of the test's choice, in a file. Needs root and a kernel with loop devices. */
public final class LoopFileSystem implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 60;

    private final Path directory;

    private LoopFileSystem(Path directory) {
        this.directory = directory;
    }

    /**
     * Makes and mounts one, or says on the console why it cannot and ends the test as skipped.
     *
     * @param scratch a directory for the file and the mount point
     * @param bytes its size
     * @param mkfs the program that makes it, and its options
     */
    public static LoopFileSystem mount(Path scratch, long bytes, String... mkfs) throws IOException {
        Path image = scratch.resolve("image");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(bytes);
        }
        List<String> make = new ArrayList<>(List.of(mkfs));
        make.add(image.toString());
        Path directory = Files.createDirectory(scratch.resolve("mounted"));
        String problem = run(make);
        if (problem.isEmpty()) {
            problem = run(List.of("mount", "-o", "loop", image.toString(), directory.toString()));
        }
        if (!problem.isEmpty()) {
            String sentence = "NOT TESTED: no " + mkfs[0] + " on a loop device here: " + problem;
            System.err.println(sentence);
            Assumptions.abort(sentence);
        }
        return new LoopFileSystem(directory);
    }

    /** Where it is mounted. */
    public Path directory() {
        return directory;
    }

    @Override
    public void close() {
        unmount(directory);
    }

    /**
     * Takes off what is mounted there, at once or a moment later: while this JVM starts a process for another test, that
     * process holds copies of the files that were open.
     */
    public static void unmount(Path directory) {
        Await.until(
                "unmounted " + directory,
                Duration.ofSeconds(30),
                () -> run(List.of("umount", directory.toString())).isEmpty());
    }

    /** What went wrong, or nothing. */
    private static String run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean ended = process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
            return ended && process.exitValue() == 0 ? "" : command.get(0) + ": " + output.strip();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } catch (IOException noSuchProgram) {
            return String.valueOf(noSuchProgram.getMessage());
        }
    }
}
