package dev.minions.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/** Runs command lines in this JVM, against a fake home of VMs and in surroundings of the test's own making. */
final class CliFixture {
    static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJBMUpTgyxJNMRdPySvkdlY1wtpI4qLQlqMTMyDpDlfq me@here";

    final FakeMinions minions = new FakeMinions();
    final FakeEngines engines = new FakeEngines(minions);
    final Map<String, String> variables = new HashMap<>();
    final Path home;
    final Path etc;
    InputStream in = new ByteArrayInputStream(new byte[0]);
    OutputStream out = new ByteArrayOutputStream();
    final ByteArrayOutputStream err = new ByteArrayOutputStream();
    boolean outIsTerminal;
    boolean errIsTerminal;
    volatile IntConsumer signals = number -> {};

    CliFixture(Path directory) {
        home = directory.resolve("home");
        etc = directory.resolve("etc");
        write(home.resolve(".ssh/id_ed25519.pub"), KEY + "\n");
    }

    /** How a command line ended, and what it printed. */
    record Outcome(int code, String out, String err) {}

    Outcome run(String... words) {
        Surroundings surroundings = new Surroundings(variables, in, out, err, outIsTerminal, errIsTerminal, etc, home);
        int code = new Cli(surroundings, handler -> signals = handler, engines).run(List.of(words));
        Outcome outcome = new Outcome(code, out.toString(), err.toString(StandardCharsets.UTF_8));
        if (out instanceof ByteArrayOutputStream bytes) {
            outcome = new Outcome(code, bytes.toString(StandardCharsets.UTF_8), outcome.err());
            bytes.reset();
        }
        err.reset();
        return outcome;
    }

    static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
