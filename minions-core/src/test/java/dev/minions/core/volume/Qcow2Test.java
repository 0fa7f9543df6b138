package dev.minions.core.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.minions.ByteSize;
import dev.minions.spi.process.HostCommand;
import dev.minions.spi.process.HostProgram;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That QEMU's own tools find nothing wrong with what is written here. */
class Qcow2Test {
    private static final ByteSize BASE = ByteSize.mib(16);

    @TempDir
    Path directory;

    private Path layer;

    @BeforeEach
    void base() throws IOException {
        layer = directory.resolve("root.qcow2");
        try (RandomAccessFile base =
                new RandomAccessFile(directory.resolve("root.base").toFile(), "rw")) {
            base.setLength(BASE.bytes());
            base.write("the image".getBytes(StandardCharsets.US_ASCII));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 30, 10_000_000_000L, (1L << 31) + 512, 1L << 41, 1L << 44})
    void qemuFindsALayerOfAnySizeSoundAndOnItsBase(long bytes) throws IOException {
        Qcow2.create(layer, "root.base", ByteSize.bytes(bytes));

        assertSound();
        assertThat(qemu("qemu-img", "info", "--output=json", layer.toString()))
                .contains("\"virtual-size\": " + bytes)
                .contains("\"backing-filename\": \"root.base\"")
                .contains("\"backing-filename-format\": \"raw\"")
                .contains("\"compat\": \"1.1\"");
        assertThat(Qcow2.read(layer)).isEqualTo(new Qcow2.Header(ByteSize.bytes(bytes), "root.base"));
        assertThat(Files.size(layer)).isLessThan(1 << 20);
    }

    @Test
    void aLayerShowsItsBaseAndKeepsWhatIsWrittenToItThroughGrowing() throws IOException {
        Qcow2.create(layer, "root.base", ByteSize.gib(3));
        qemu("qemu-io", "-f", "qcow2", "-c", "write -P 7 2G 1M", "-c", "write -P 8 1M 64k", layer.toString());

        Qcow2.grow(layer, ByteSize.gib(5));

        qemu("qemu-io", "-f", "qcow2", "-c", "write -P 9 4G 1M", layer.toString());
        assertSound();
        assertThat(qemu(
                        "qemu-io",
                        "-f",
                        "qcow2",
                        "-c",
                        "read -P 7 2G 1M",
                        "-c",
                        "read -P 8 1M 64k",
                        "-c",
                        "read -P 9 4G 1M",
                        "-c",
                        "read -P 0 3G 1M",
                        "-c",
                        "read -v 0 16",
                        layer.toString()))
                .doesNotContain("verification failed")
                .contains("the.image");
    }

    @Test
    void manyClustersAreWrittenWithoutDamage() throws IOException {
        Qcow2.create(layer, "root.base", ByteSize.gib(50));
        qemu("qemu-io", "-f", "qcow2", "-c", "write -P 5 0 300M", "-c", "write -P 6 40G 64M", layer.toString());
        assertSound();
    }

    @Test
    void whatIsNoLayerOfOursIsNotRead() throws IOException {
        Files.write(layer, new byte[200]);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Qcow2.read(layer))
                .withMessageContaining("no QCOW2 file");
        Files.write(layer, new byte[20]);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Qcow2.read(layer))
                .withMessageContaining("ends in its header");
    }

    @Test
    void aHeaderThatLiesAboutItsNameIsNotBelieved() throws IOException {
        Qcow2.create(layer, "root.base", ByteSize.gib(1));
        try (RandomAccessFile file = new RandomAccessFile(layer.toFile(), "rw")) {
            file.seek(16);
            file.writeInt(Integer.MAX_VALUE);
        }
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Qcow2.read(layer))
                .withMessageContaining("did not write");
    }

    @Test
    void aBaseNeedsANameThatTheFormatCanHold() {
        assertThatIllegalArgumentException().isThrownBy(() -> Qcow2.create(layer, "", ByteSize.gib(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Qcow2.create(layer, "x".repeat(1024), ByteSize.gib(1)))
                .withMessageContaining("1024");
        assertThat(layer).doesNotExist();
    }

    private void assertSound() {
        assertThat(qemu("qemu-img", "check", "-f", "qcow2", layer.toString())).contains("No errors were found");
    }

    private static String qemu(String... command) {
        HostProgram.require(command[0], "apt install qemu-utils");
        return HostCommand.of(List.of(command)).run().stdout();
    }
}
