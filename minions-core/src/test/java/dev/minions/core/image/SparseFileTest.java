package dev.minions.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.spi.process.HostCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparseFileTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    @Test
    void aCopyHoldsTheSameAndStoresNoZeros() throws IOException {
        byte[] content = new byte[8 * MIB + 123];
        byte[] data = new byte[10_000];
        new Random(1).nextBytes(data);
        System.arraycopy(data, 0, content, 3 * MIB + 77, data.length);
        content[content.length - 1] = 1;
        Path source = Files.write(directory.resolve("source"), content);

        Path copy = directory.resolve("copy");
        SparseFile.copy(source, copy, content.length, part -> {});

        assertThat(Files.mismatch(source, copy)).isEqualTo(-1);
        assertThat(storedKib(copy)).isLessThan(64);
    }

    @Test
    void blocksMayComeInAnyOrderAndNeedNotBeAligned() throws IOException {
        Path file = directory.resolve("file");
        try (SparseFile target = SparseFile.create(file, 3 * 4096)) {
            target.write(9000, new byte[] {7, 8, 9}, 3);
            target.write(10, new byte[] {1, 0, 2}, 3);
        }

        byte[] expected = new byte[3 * 4096];
        expected[10] = 1;
        expected[12] = 2;
        expected[9000] = 7;
        expected[9001] = 8;
        expected[9002] = 9;
        assertThat(Files.readAllBytes(file)).isEqualTo(expected);
    }

    @Test
    void aCopyMayBeLargerThanItsSource() throws IOException {
        Path source = Files.write(directory.resolve("source"), new byte[] {1, 2, 3});
        Path copy = directory.resolve("copy");
        SparseFile.copy(source, copy, 512, part -> {});
        assertThat(Files.readAllBytes(copy)).hasSize(512).startsWith(1, 2, 3, 0);
    }

    private static long storedKib(Path file) {
        String blocks =
                HostCommand.of("stat", "--format=%b", file.toString()).run().stdout();
        return Long.parseLong(blocks.strip()) / 2;
    }
}
