package dev.minions.testkit.census;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.ImageRef;
import dev.minions.testkit.census.LeakCensus.Snapshot;
import dev.minions.testkit.fake.FakeHost;
import dev.minions.testkit.fake.InMemoryStateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeakCensusTest {
    @TempDir
    Path directory;

    private Path data;
    private Path sockets;
    private LeakCensus census;
    private Snapshot before;

    @BeforeEach
    void begin() throws IOException {
        data = Files.createDirectory(directory.resolve("data"));
        sockets = Files.createDirectory(directory.resolve("run"));
        census = LeakCensus.of(data, sockets);
        before = census.take();
    }

    private List<String> leaked() {
        return census.take().moreThan(before);
    }

    @Test
    void nothingIsFoundWhereNothingIs() {
        assertThat(before.found()).isEmpty();
        assertThat(leaked()).isEmpty();
    }

    @Test
    void filesAndDirectoriesAreFoundAndTheDatabaseIsNot() throws IOException {
        Files.createDirectories(data.resolve("vms/a"));
        Files.writeString(sockets.resolve("socket"), "");
        Files.writeString(data.resolve("state.db"), "");
        Files.writeString(data.resolve("state.db-wal"), "");

        assertThat(leaked())
                .containsExactlyInAnyOrder(
                        "directory " + data.resolve("vms"),
                        "directory " + data.resolve("vms/a"),
                        "file " + sockets.resolve("socket"));
    }

    @Test
    void whatIsToBeIgnoredIsNotFound() throws IOException {
        census = census.ignoring(path -> path.endsWith("images"));
        Files.createDirectories(data.resolve("images/a"));

        assertThat(leaked()).isEmpty();
    }

    @Test
    void aProcessIsFoundByTheDirectoryItWorksIn() throws Exception {
        assertProcessIsFound(new ProcessBuilder("sleep", "1000").directory(sockets.toFile()));
    }

    @Test
    void aProcessIsFoundByAFileItHasOpen() throws Exception {
        Path log = Files.writeString(data.resolve("log"), "");
        before = census.take();

        assertProcessIsFound(new ProcessBuilder("sleep", "1000").redirectOutput(log.toFile()));
    }

    @Test
    void aProcessIsFoundByWhatItWasToldToWorkOn() throws Exception {
        assertProcessIsFound(new ProcessBuilder("sh", "-c", "sleep 1000 & wait", "" + data.resolve("vms/a/disk")));
    }

    @Test
    void aProcessIsFoundByItsPathToADirectoryThroughALink() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), data);
        census = LeakCensus.of(link, sockets);
        before = census.take();

        assertProcessIsFound(new ProcessBuilder("sleep", "1000").directory(data.toFile()));
    }

    private void assertProcessIsFound(ProcessBuilder builder) throws Exception {
        Process process = builder.start();
        try {
            assertThat(leaked()).singleElement().asString().startsWith("process " + process.pid() + " ");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(leaked()).isEmpty();
    }

    @Test
    void rowsAreFoundThroughTheStore() {
        InMemoryStateStore store = InMemoryStateStore.on(new FakeHost());
        census = census.with(store);
        before = census.take();

        store.write(tx -> {
            tx.addInstance("engine-1");
            tx.removeImage(ImageRef.of("sha256:" + "0".repeat(64)));
            return true;
        });

        assertThat(leaked()).containsExactly("engine engine-1");
    }

    @Test
    void somethingElseCanBeCountedToo() {
        List<String> rules = new ArrayList<>();
        census = census.counting("rule", () -> rules);
        before = census.take();

        rules.add("reject");

        assertThat(leaked()).containsExactly("rule reject");
    }
}
