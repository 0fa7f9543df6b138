package dev.minions.core.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFilesTest {
    private static final byte[] ONE = "one".getBytes(StandardCharsets.UTF_8);
    private static final byte[] TWO = "two".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void file() {
        file = directory.resolve("file");
    }

    @Test
    void aFileIsCreatedOnceAndForItsOwnerAlone() throws IOException {
        assertThat(DurableFiles.create(file, ONE)).isTrue();
        assertThat(DurableFiles.create(file, TWO)).isFalse();
        assertThat(file).hasBinaryContent(ONE);
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        assertOnlyTheFileIsThere();
    }

    @Test
    void aFileIsReplacedWhetherItIsThereOrNot() throws IOException {
        DurableFiles.replace(file, ONE);
        assertThat(file).hasBinaryContent(ONE);
        DurableFiles.replace(file, TWO);
        assertThat(file).hasBinaryContent(TWO);
        assertOnlyTheFileIsThere();
    }

    @Test
    void whatCannotBePutInPlaceLeavesNothing() throws IOException {
        Files.createDirectories(file.resolve("in the way"));
        assertThatIOException().isThrownBy(() -> DurableFiles.replace(file, ONE));
        assertOnlyTheFileIsThere();
    }

    @Test
    void anInterruptDoesNotLeaveOpenWhetherSomethingIsOnTheDisk() throws IOException {
        Files.write(file, ONE);
        Thread.currentThread().interrupt();
        DurableFiles.sync(file);
        DurableFiles.sync(directory);
        assertThat(Thread.interrupted()).isTrue();
    }

    private void assertOnlyTheFileIsThere() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }
}
