package dev.minions.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.minions.core.LoopFileSystem;
import dev.minions.spi.process.HostCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreesTest {
    @TempDir
    Path directory;

    @Test
    void aTreeGoesAndWhatItsLinksLeadToStays() throws IOException {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Files.createFile(outside.resolve("kept"));
        Path tree = Files.createDirectories(directory.resolve("tree/deep"));
        Files.createSymbolicLink(tree.resolve("link"), outside);

        Trees.delete(directory.resolve("tree"));
        Trees.delete(directory.resolve("tree"));

        assertThat(directory.resolve("tree")).doesNotExist();
        assertThat(outside.resolve("kept")).exists();
    }

    @Test
    void nothingIsRemovedWhereAFileSystemIsMountedInside() throws IOException {
        Assumptions.assumeTrue(BuildHost.isRoot(), "only root mounts");
        Path mounted = Files.createDirectories(directory.resolve("tree/a mount"));
        HostCommand.of("mount", "-t", "tmpfs", "tmpfs", mounted.toString()).run();
        try {
            Path canary = Files.createFile(mounted.resolve("canary"));

            assertThatIOException()
                    .isThrownBy(() -> Trees.delete(directory.resolve("tree")))
                    .withMessageContaining("a file system is mounted at '" + mounted.toRealPath() + "'");

            assertThat(canary).exists();
        } finally {
            LoopFileSystem.unmount(mounted);
        }
    }
}
