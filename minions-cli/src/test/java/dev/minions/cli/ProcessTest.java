package dev.minions.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a process can show: signals, real streams, and which classes are loaded. */
class ProcessTest {
    @TempDir
    private Path directory;

    private ChildProcess start(String... words) {
        return ChildProcess.start(directory, List.of("-Xmx48m"), FakeProgram.class, words);
    }

    @Test
    void ctrlCDuringACreateLeavesNothingBehind() {
        try (ChildProcess child = start("create", "web", "--image", "slow", "--no-ssh-key")) {
            child.awaitNote("creating web");
            child.signal("INT");
            assertThat(child.exitCode()).isEqualTo(130);
            assertThat(child.notes()).containsExactly("creating web", "undoing web", "undone web", "closed");
            assertThat(child.err()).isEqualTo("minions: create vm 'web': interrupted at 'cloning disk'; undone\n");
            assertThat(child.out()).isEmpty();
        }
    }

    @Test
    void aSecondCtrlCSaysWhatIsBeingUndoneAndDoesNotStopIt() throws IOException {
        try (ChildProcess child = start("create", "web", "--image", "stubborn", "--no-ssh-key")) {
            child.awaitNote("creating web");
            child.signal("INT");
            child.awaitNote("undoing web");
            child.signal("INT");
            Await.until("it says so", () -> child.err().contains("still undoing after"));
            assertThat(child.err())
                    .matches("minions: still undoing after \\S+ m?s \\(cloning disk\\); the next command"
                            + " would finish it if this one were killed\n");
            Files.createFile(directory.resolve("release"));
            assertThat(child.exitCode()).isEqualTo(130);
            assertThat(child.notes()).endsWith("undone web", "closed");
        }
    }

    @Test
    void aSignalGoesToTheGuestsCommandWhoseCodeIsPassedOn() throws IOException {
        for (String[] signal : new String[][] {{"INT", "2"}, {"TERM", "15"}, {"HUP", "1"}}) {
            Files.deleteIfExists(directory.resolve("journal"));
            try (ChildProcess child = start("run", "debian", "sleep")) {
                assertThat(child.process().getInputStream().readNBytes(9))
                        .asString()
                        .isEqualTo("sleeping\n");
                child.signal(signal[0]);
                assertThat(child.exitCode()).isEqualTo(128 + Integer.parseInt(signal[1]));
                assertThat(child.notes())
                        .contains("signal " + signal[1])
                        .endsWith("closing", "destroyed brave-otter", "closed");
            }
        }
    }

    @Test
    void aTerminatedRunDestroysItsVm() {
        try (ChildProcess child = start("run", "slow", "true")) {
            child.awaitNote("creating brave-otter");
            child.signal("TERM");
            assertThat(child.exitCode()).isEqualTo(143);
            assertThat(child.notes()).endsWith("undone brave-otter", "closed");
        }
    }

    @Test
    void streamsOfAnyLengthPassUnchangedThroughASmallHeap() throws IOException {
        long size = 200_000_000;
        try (ChildProcess child = start("run", "debian", "cat")) {
            Thread.ofPlatform().start(() -> writeRandom(child.process().getOutputStream(), size));
            assertThat(countRandom(child.process().getInputStream())).isEqualTo(size);
            assertThat(child.exitCode()).isZero();
        }
    }

    private static void writeRandom(OutputStream to, long size) {
        Random random = new Random(1);
        byte[] piece = new byte[100_000];
        try (to) {
            for (long sent = 0; sent < size; sent += piece.length) {
                random.nextBytes(piece);
                to.write(piece);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many bytes come that are the ones that were sent. */
    private static long countRandom(InputStream from) throws IOException {
        Random random = new Random(1);
        byte[] expected = new byte[100_000];
        long count = 0;
        for (byte[] piece = from.readNBytes(expected.length);
                piece.length > 0;
                piece = from.readNBytes(expected.length)) {
            random.nextBytes(expected);
            assertThat(piece).isEqualTo(expected);
            count += piece.length;
        }
        return count;
    }

    @Test
    void whenTheReaderGoesAwayTheCommandAndItsVmGoToo() throws IOException {
        try (ChildProcess child = start("run", "debian", "flood", String.valueOf(1L << 50))) {
            try (InputStream out = child.process().getInputStream()) {
                assertThat(out.readNBytes(1000)).hasSize(1000);
            }
            assertThat(child.exitCode()).isEqualTo(141);
            assertThat(child.notes()).endsWith("closing", "destroyed brave-otter", "closed");
            assertThat(child.err()).isEmpty();
        }
    }

    @Test
    void whatIsNotNeededIsNotLoaded() throws IOException {
        assertThat(loadedBy("version"))
                .doesNotContain("picocli", "tools.jackson", "org.slf4j", "dev.minions.core", "java.sql", "FakeMinions");
        assertThat(loadedBy("list", "--json", "--label", "a=b"))
                .contains("FakeMinions")
                .doesNotContain("picocli");
        assertThat(loadedBy("create", "web", "--cpus", "4", "--no-ssh-key")).doesNotContain("picocli");
        assertThat(loadedBy("list", "--help")).contains("picocli").doesNotContain("FakeVm");
    }

    private String loadedBy(String... words) throws IOException {
        Path log = directory.resolve("classes");
        Files.deleteIfExists(log);
        List<String> options = List.of("-Xlog:class+load:file=" + log);
        Class<?> program = words[0].equals("version") ? Main.class : FakeProgram.class;
        try (ChildProcess child = ChildProcess.start(directory, options, program, words)) {
            assertThat(child.exitCode()).as(child.err()).isZero();
        }
        return Files.readString(log);
    }
}
