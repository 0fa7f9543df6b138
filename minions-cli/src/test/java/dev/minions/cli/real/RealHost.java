package dev.minions.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.ByteSize;
import dev.minions.ImageBuild;
import dev.minions.core.LocalMinions;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A data directory for tests with real VMs. It stays until the next {@code clean}, so that the image is built once for
 * each recipe and each agent; every VM in it is a test's.
 */
final class RealHost {
    private static final Path HOME = Path.of("target", "real-host").toAbsolutePath();
    private static final Path RUNTIME = Path.of("..", "minions-agent", "target", "agent-runtime.tar.gz");
    private static final long COMMAND_SECONDS = 300;

    private RealHost() {}

    /** Opens an engine on it, with the image built. */
    static LocalMinions open() {
        assertThat(RUNTIME).as("the agent's runtime: run the build with -am").isRegularFile();
        LocalMinions minions =
                LocalMinions.builder().dataDirectory(HOME).agentRuntime(RUNTIME).build();
        minions.images().build(ImageBuild.of("debian"), progress -> {});
        return minions;
    }

    /** How a command of the command line ended, and what it wrote. */
    record Result(int code, String stdout, String stderr) {}

    /** Runs the command line in a process of its own. */
    static Result cli(String... arguments) {
        return cli(HOME, List.of(), arguments);
    }

    /**
     * The same on another data directory.
     *
     * @param wrapper a program that runs the command that follows its arguments; none if empty
     */
    static Result cli(Path data, List<String> wrapper, String... arguments) {
        try {
            Path output = Files.createTempFile("minions-test", ".out");
            Path errors = Files.createTempFile("minions-test", ".err");
            ProcessBuilder builder = builder("dev.minions.cli.Main", arguments);
            builder.environment().put("MINIONS_DATA_DIR", data.toString());
            builder.command().addAll(0, wrapper);
            Process process = builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
            boolean ended = process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            Result result =
                    new Result(ended ? process.exitValue() : -1, Files.readString(output), Files.readString(errors));
            Files.delete(output);
            Files.delete(errors);
            assertThat(ended).as("minions %s: %s", List.of(arguments), result).isTrue();
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A Java program of this class path, on this data directory. */
    static ProcessBuilder builder(String mainClass, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                mainClass));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment()
                .putAll(Map.of(
                        "MINIONS_DATA_DIR", HOME.toString(),
                        "MINIONS_AGENT_RUNTIME", RUNTIME.toAbsolutePath().toString()));
        return builder;
    }

    /** An empty file of that size, where VMMs can reach it. */
    static Path newDisk(String name, ByteSize size) throws IOException {
        Path disk = HOME.resolve(name);
        try (var file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(size.bytes());
        }
        return disk;
    }

    /** The directories of VMs that are there. */
    static List<String> vmDirectories() {
        return entries(HOME.resolve("vms"));
    }

    private static List<String> entries(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(directory)) {
            return children.map(Path::toString).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The processes whose command line names a VM's id. */
    static List<Long> processesOf(String vmId) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .filter(process -> commandLine(process.pid()).contains(vmId))
                .map(ProcessHandle::pid)
                .toList();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }
}
