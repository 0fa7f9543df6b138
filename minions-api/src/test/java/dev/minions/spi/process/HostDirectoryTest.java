package dev.minions.spi.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostDirectoryTest {
    @TempDir
    Path temporary;

    @Test
    void removingFollowsNoLink() throws IOException {
        Path precious = Files.createDirectories(temporary.resolve("precious/inside"));
        Files.writeString(precious.resolve("file"), "data");
        Path directory = Files.createDirectories(temporary.resolve("run/deep/deeper"));
        Files.createSymbolicLink(directory.resolve("link"), precious);
        Files.createSymbolicLink(temporary.resolve("run/link"), precious.resolve("file"));

        HostDirectory.remove(temporary.resolve("run"));

        assertThat(temporary.resolve("run")).doesNotExist();
        assertThat(precious.resolve("file")).hasContent("data");
    }

    @Test
    void aLinkInItsPlaceIsRemovedItself() throws IOException {
        Path precious = Files.createDirectory(temporary.resolve("precious"));
        Files.writeString(precious.resolve("file"), "data");
        Path link = Files.createSymbolicLink(temporary.resolve("run"), precious);

        HostDirectory.remove(link);

        assertThat(link).doesNotExist();
        assertThat(precious.resolve("file")).hasContent("data");
    }

    @Test
    void removingWhatIsNotThereIsSuccess() {
        HostDirectory.remove(temporary.resolve("none"));
        HostDirectory.remove(temporary.resolve("none/deeper"));
    }

    @Test
    void aPrivateDirectoryIsForItsOwnerOnly() throws IOException {
        Path directory = temporary.resolve("run");
        HostDirectory.makePrivate(directory, Optional.empty());
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        HostDirectory.makePrivate(directory, Optional.empty());

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
    }

    @Test
    void aLinkInThePlaceOfAPrivateDirectoryIsRefused() throws IOException {
        Path target = Files.createDirectory(temporary.resolve("target"));
        Path link = Files.createSymbolicLink(temporary.resolve("run"), target);

        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> HostDirectory.makePrivate(link, Optional.empty()))
                .withMessageContaining("something else has that name");
    }

    @Test
    void aDiskThatIsALinkOfAnybodysIsGivenItselfAndNotWhatItLeadsTo() throws IOException {
        assumeTrue(HostUser.isRoot(), "only root can give anything away");
        Path precious = Files.createFile(temporary.resolve("precious"));
        Path link = Files.createSymbolicLink(temporary.resolve("disk"), precious);

        HostDirectory.giveDisk(link, new RunAs(12_345, 12_345, List.of(), List.of()));

        assertThat(Files.getAttribute(link, "unix:uid", LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(12_345);
        assertThat(Files.getAttribute(precious, "unix:uid")).isEqualTo(0);
    }
}
