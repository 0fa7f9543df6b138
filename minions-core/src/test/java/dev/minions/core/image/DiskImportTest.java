package dev.minions.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.minions.ProgressListener;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.HostCommand;
import dev.minions.spi.process.HostProgram;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiskImportTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    @Test
    void aRawDiskIsCopiedAndFilledUpToAWholeSector() throws IOException {
        byte[] content = content();
        Path source = Files.write(directory.resolve("source"), content);

        assertThat(copy(source)).isEqualTo(content.length + 511L);

        byte[] copied = Files.readAllBytes(target());
        assertThat(copied).hasSize(content.length + 511).startsWith(content);
    }

    /** The converter of the QEMU project, which is not used otherwise, says what such a file is. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-O qcow2",
                "-O qcow2 -c",
                "-O qcow2 -o compat=0.10",
                "-O qcow2 -o cluster_size=4k",
                "-O qcow2 -c -o cluster_size=2M",
                "-O qcow2 -o lazy_refcounts=on,preallocation=metadata"
            })
    void aQcow2DiskHoldsWhatItsMakerPutIn(String how) throws IOException {
        assumeTrue(HostProgram.find("qemu-img").isPresent(), "needs qemu-img: apt install qemu-utils");
        byte[] content = content();
        Path raw = Files.write(directory.resolve("raw"), Arrays.copyOf(content, content.length + 511));
        Path source = directory.resolve("source");
        HostCommand.of(Stream.of(
                                Stream.of("qemu-img", "convert", "-f", "raw"),
                                Arrays.stream(how.split(" ")),
                                Stream.of(raw.toString(), source.toString()))
                        .flatMap(words -> words)
                        .toList())
                .run();

        copy(source);

        assertThat(Files.mismatch(raw, target())).isEqualTo(-1);
    }

    @Test
    void aLayerOnAnotherFileIsRefused() throws IOException {
        refuses(header -> header.putLong(8, 512).putInt(16, 11), "a layer on another file");
    }

    @Test
    void dataInAnotherFileIsRefused() throws IOException {
        refuses(header -> header.putLong(72, 1 << 2), "in another file");
    }

    @Test
    void whatIsNotUnderstoodIsRefused() throws IOException {
        refuses(header -> header.putInt(32, 2), "encrypted");
        refuses(header -> header.putLong(72, 1 << 4), "features");
        refuses(header -> header.putInt(4, 9), "version 9");
    }

    @Test
    void numbersThatCannotBeAreRefusedBeforeTheyAreUsed() throws IOException {
        refuses(header -> header.putLong(72, 1 << 1), "corrupt");
        refuses(header -> header.putInt(20, 40), "2^40");
        refuses(header -> header.putLong(24, Long.MAX_VALUE), "bytes in");
        refuses(header -> header.putLong(24, -1), "bytes in");
        refuses(header -> header.putLong(24, 1L << 42).putInt(36, 1 << 13), "more than 2 TiB");
        refuses(header -> header.putInt(36, 0), "tables");
        refuses(header -> header.putLong(40, 1L << 60), "beyond its end");
        refuses(header -> header.putLong(40, -8), "beyond its end");
        refuses(header -> header.putLong(65536, 1L << 50), "beyond its end");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"KDMV", "# Disk DescriptorFile\nversion=1\nRW 1 FLAT \"/etc/shadow\" 0", "vhdxfile", "QED\0"})
    void otherFormatsAreRefusedByName(String head) throws IOException {
        byte[] content = Arrays.copyOf(head.getBytes(StandardCharsets.ISO_8859_1), 4096);
        Path source = Files.write(directory.resolve("source"), content);
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> copy(source))
                .returns(ErrorCode.IMAGE_ERROR, MinionsException::code)
                .withMessageContaining("qemu-img convert");
        assertThat(target()).doesNotExist();
    }

    @Test
    void whatIsNoDiskIsRefused() throws IOException {
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> copy(directory.resolve("absent")))
                .returns(ErrorCode.PATH_NOT_FOUND, MinionsException::code);
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> copy(directory))
                .returns(ErrorCode.IMAGE_ERROR, MinionsException::code);
        Path empty = Files.createFile(directory.resolve("empty"));
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> copy(empty))
                .withMessageContaining("empty");
    }

    private void refuses(Consumer<ByteBuffer> change, String reason) throws IOException {
        ByteBuffer file = ByteBuffer.allocate(3 * 65536);
        file.putInt(0, Qcow2Disk.MAGIC)
                .putInt(4, 3)
                .putInt(20, 16)
                .putLong(24, MIB)
                .putInt(36, 1)
                .putLong(40, 65536);
        file.putInt(100, 104);
        change.accept(file);
        Path source = Files.write(directory.resolve("source"), file.array());
        Files.deleteIfExists(target());
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> copy(source))
                .returns(ErrorCode.IMAGE_ERROR, MinionsException::code)
                .withMessageContaining(reason);
    }

    private long copy(Path source) {
        return DiskImport.copy(source, target(), ProgressListener.NONE);
    }

    private Path target() {
        return directory.resolve("target");
    }

    /** Noise, text that can be packed, and much of nothing. */
    private static byte[] content() {
        byte[] content = new byte[5 * MIB + 1];
        byte[] noise = new byte[300_000];
        new Random(4).nextBytes(noise);
        System.arraycopy(noise, 0, content, MIB + 1000, noise.length);
        Arrays.fill(content, 3 * MIB, 3 * MIB + 200_000, (byte) 'a');
        content[content.length - 1] = 1;
        return content;
    }
}
