package dev.minions.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxKernelTest {
    @TempDir
    Path directory;

    @Test
    void aPackedKernelWithAPvhEntryIsUnpacked() throws IOException {
        byte[] kernel = elf(true);
        assertThat(unpack(bootFile(kernel))).isTrue();
        assertThat(Files.readAllBytes(target())).isEqualTo(kernel);
    }

    @Test
    void aKernelWithoutAPvhEntryStaysAsItIs() throws IOException {
        byte[] file = bootFile(elf(false));
        assertThat(unpack(file)).isFalse();
        assertThat(Files.readAllBytes(target())).isEqualTo(file);
    }

    @Test
    void whatIsNoKernelOrPackedOtherwiseStaysAsItIs() throws IOException {
        byte[] noise = new byte[5000];
        new Random(2).nextBytes(noise);
        byte[] zstd = bootFile(elf(true));
        zstd[5 * 512] = 0x28;
        for (byte[] file : new byte[][] {noise, zstd, new byte[10], elf(true)}) {
            Files.deleteIfExists(target());
            assertThat(unpack(file)).isFalse();
            assertThat(Files.readAllBytes(target())).isEqualTo(file);
        }
    }

    @Test
    void aKernelThatHoldsMoreThanItSaysIsRefused() throws IOException {
        byte[] file = bootFile(elf(true));
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(file.length - 4, 100);
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> unpack(file));
    }

    @Test
    void aDamagedBlockIsRefusedAndNeverReadBeyond() {
        Random random = new Random(3);
        byte[] out = new byte[1 << 12];
        for (int i = 0; i < 20_000; i++) {
            byte[] block = new byte[1 + random.nextInt(60)];
            random.nextBytes(block);
            try {
                assertThat(Lz4Blocks.unpack(block, 0, block.length, out)).isBetween(0, out.length);
            } catch (IOException damaged) {
                assertThat(damaged).hasMessageContaining("damaged");
            }
        }
    }

    @Test
    void aMatchMayOverlapWhatItWrites() throws IOException {
        byte[] out = new byte[64];
        byte[] block = {0x1F, 'x', 1, 0, 5, 0x10, 'y'}; // one x, then 24 more of it, then a y
        assertThat(Lz4Blocks.unpack(block, 0, block.length, out)).isEqualTo(26);
        assertThat(out).startsWith("xxxxxxxxxxxxxxxxxxxxxxxxxy".getBytes(StandardCharsets.US_ASCII));
    }

    private boolean unpack(byte[] file) throws IOException {
        return LinuxKernel.unpack(Files.write(directory.resolve("file"), file), target());
    }

    private Path target() {
        return directory.resolve("target");
    }

    /** A kernel for 64 bits with one note. */
    private static byte[] elf(boolean pvh) {
        ByteBuffer elf = ByteBuffer.allocate(9000).order(ByteOrder.LITTLE_ENDIAN);
        elf.putInt(0, 0x464C457F).putLong(32, 64).putShort(56, (short) 2);
        elf.putInt(64, 1);
        elf.putInt(120, 4).putLong(128, 4096).putLong(152, 60);
        elf.putInt(4096, 4).putInt(4100, 6).putInt(4104, 6).putInt(4108, 0x006E6558);
        elf.putInt(4120, 4).putInt(4124, 8).putInt(4128, pvh ? 18 : 17).putInt(4132, 0x006E6558);
        elf.put(8999, (byte) 1);
        return elf.array();
    }

    /** A file as a kernel's build makes it: two blocks of literals, and the size at the end. */
    private static byte[] bootFile(byte[] kernel) throws IOException {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        payload.write(little(0x184C2102));
        for (byte[] half :
                new byte[][] {Arrays.copyOf(kernel, 5000), Arrays.copyOfRange(kernel, 5000, kernel.length)}) {
            byte[] block = literals(half);
            payload.write(little(block.length));
            payload.write(block);
        }
        payload.write(little(kernel.length));
        ByteBuffer file = ByteBuffer.allocate(5 * 512 + payload.size()).order(ByteOrder.LITTLE_ENDIAN);
        file.put(0x1F1, (byte) 0).putInt(0x202, 0x53726448).putInt(0x248, 0).putInt(0x24C, payload.size());
        file.put(5 * 512, payload.toByteArray());
        return file.array();
    }

    private static byte[] literals(byte[] content) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0xF0);
        int rest = content.length - 15;
        for (; rest >= 255; rest -= 255) {
            block.write(255);
        }
        block.write(rest);
        block.write(content);
        return block.toByteArray();
    }

    private static byte[] little(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }
}
