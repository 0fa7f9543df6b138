package dev.minions.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command line in a JVM of its own, on a fake home of VMs that writes down what it does. Closing it ends it. */
final class ChildProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Process process;
    private final Path journal;
    private final Path err;

    private ChildProcess(Process process, Path journal, Path err) {
        this.process = process;
        this.journal = journal;
        this.err = err;
    }

    static ChildProcess start(Path directory, List<String> jvmOptions, Class<?> program, String... words) {
        Path err = directory.resolve("err");
        Path journal = directory.resolve("journal");
        // A background job of a shell ignores interrupts, and so would its children: the tests may be run as one.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT,HUP"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
        builder.environment().put("FAKE_JOURNAL", journal.toString());
        builder.environment().put("HOME", directory.toString());
        builder.environment().remove("XDG_CONFIG_HOME");
        builder.environment().remove("SUDO_USER");
        try {
            return new ChildProcess(builder.start(), journal, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Process process() {
        return process;
    }

    void signal(String name) {
        try {
            String pid = String.valueOf(process.pid());
            int code = new ProcessBuilder("kill", "-" + name, pid)
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new AssertionError("kill -" + name + " " + pid + " exited with " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until the fake has written that line. */
    void awaitNote(String line) {
        Await.until("'" + line + "' in " + notes(), () -> notes().contains(line));
    }

    List<String> notes() {
        return read(journal).lines().toList();
    }

    String err() {
        return read(err);
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is left of standard output; waits for its end. */
    String out() {
        try (InputStream out = process.getInputStream()) {
            return new String(out.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int exitCode() {
        try {
            if (process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                return process.exitValue();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("not ended within " + LIMIT + "; it did " + notes() + " and said " + err());
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
