package dev.minions.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The command line on a {@link FakeMinions}, as a program of its own, for tests that need a process: it takes signals
 * and real streams. What the fake does is written to the file {@code FAKE_JOURNAL}; a stubborn undo ends when that file
 * has a neighbour {@code release}.
 */
final class FakeProgram {
    private FakeProgram() {}

    public static void main(String... words) {
        Path journal = Path.of(System.getenv("FAKE_JOURNAL"));
        FakeMinions minions = new FakeMinions(
                line -> append(journal, line),
                () -> Await.until("the undo may end", () -> Files.exists(journal.resolveSibling("release"))));
        System.exit(Main.run(new FakeEngines(minions), words));
    }

    private static synchronized void append(Path journal, String line) {
        try {
            Files.writeString(journal, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
