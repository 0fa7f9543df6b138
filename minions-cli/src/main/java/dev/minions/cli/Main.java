package dev.minions.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The {@code minions} command. */
public final class Main {
    private static final int STDOUT = 1;
    private static final int STDERR = 2;

    private Main() {}

    /** Does what the words say and ends the JVM with the exit code. */
    public static void main(String... words) {
        System.exit(run(new LocalEngines(), words));
    }

    /** The command in this process's surroundings, on engines of the caller's choice. */
    static int run(Engines engines, String... words) {
        Map<String, String> variables = System.getenv();
        String home = Objects.requireNonNullElse(variables.get("HOME"), System.getProperty("user.home"));
        Surroundings surroundings = new Surroundings(
                variables,
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                Surroundings.isTerminal(STDOUT),
                Surroundings.isTerminal(STDERR),
                Path.of("/etc"),
                Path.of(home));
        return new Cli(surroundings, new OsSignals(), engines).run(List.of(words));
    }
}
