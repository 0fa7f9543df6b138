package dev.minions.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.spi.process.HostCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Minions as an operator has it on the host: the distribution in {@code /opt}, used by its command alone. */
final class Installed {
    static final Path HOME = Path.of("/opt/minions");

    /** One of those directories in which the command looks for a Java. */
    private static final Path JAVA = Path.of("/usr/lib/jvm/lab");

    private static final Path CONFIGURATION = Path.of("/etc/minions/minions.toml");
    private static final Duration LIMIT = Duration.ofMinutes(8);

    private Installed() {}

    /** Puts it there, with a configuration of those lines. */
    static void install(String configuration) throws IOException {
        Files.createDirectories(JAVA.getParent());
        copy(Subject.product(""), HOME);
        copy(Subject.java(), JAVA);
        Files.createDirectories(CONFIGURATION.getParent());
        Files.writeString(CONFIGURATION, configuration);
    }

    private static void copy(Path from, Path to) {
        HostCommand.of("cp", "-rT", from.toString(), to.toString())
                .within(LIMIT)
                .run();
    }

    /** Runs the command, which must succeed, and returns what it said. */
    static String minions(String... words) {
        List<String> argv = new ArrayList<>(List.of(HOME.resolve("bin/minions").toString()));
        argv.addAll(List.of(words));
        HostCommand.Result result = HostCommand.of(argv)
                .environment("JAVA_HOME", JAVA.toString())
                .within(LIMIT)
                .outcome();
        assertThat(result.exitCode())
                .as("exit code of %s, which said: %s%s", List.of(words), result.stdout(), result.stderr())
                .isZero();
        return result.stdout();
    }

    /** What of the host {@code minions init} could change, by what shows it. */
    static Map<String, String> host() throws IOException {
        Map<String, String> shown = new TreeMap<>();
        for (String command : List.of(
                "ip -o link",
                "ip -o address",
                "ip route",
                "ip -6 route",
                "nft list ruleset",
                "lvs",
                "losetup --list")) {
            shown.put(command, HostCommand.of(List.of(command.split(" "))).run().stdout());
        }
        addFiles(Path.of("/etc/systemd"), shown);
        addFiles(Path.of("/proc/sys/net"), shown);
        shown.keySet().removeIf(name -> name.endsWith("nf_conntrack_count"));
        return shown;
    }

    private static void addFiles(Path directory, Map<String, String> shown) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.filter(Files::isRegularFile).forEach(file -> shown.put(file.toString(), content(file)));
        }
    }

    private static String content(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "unreadable"; // some of the kernel's files are there to be written to
        }
    }
}
