package dev.minions.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskDigestTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    @Test
    void holesAndWrittenZerosAreTheSame() throws IOException, InterruptedException {
        byte[] content = new byte[5 * MIB + 512];
        Arrays.fill(content, 3 * MIB, 3 * MIB + 5000, (byte) 9);
        Path full = Files.write(directory.resolve("full"), content);
        Path sparse = directory.resolve("sparse");
        SparseFile.copy(full, sparse, content.length, part -> {});

        DiskDigest.Content ofFull = digest(full);

        assertThat(digest(sparse)).isEqualTo(ofFull);
        assertThat(ofFull.size()).isEqualTo(content.length);
        assertThat(ofFull.data()).isEqualTo(8192);
    }

    @Test
    void sizePlaceAndContentAllCount() throws IOException, InterruptedException {
        byte[] base = new byte[3 * MIB];
        base[100] = 1;
        byte[] elsewhere = new byte[3 * MIB];
        elsewhere[MIB + 100] = 1;
        byte[] other = base.clone();
        other[2 * MIB] = 1;
        Set<String> digests = new HashSet<>();
        for (byte[] content : new byte[][] {
            base, elsewhere, other, Arrays.copyOf(base, 3 * MIB + 512), Arrays.copyOf(base, 2 * MIB), new byte[3 * MIB]
        }) {
            digests.add(digest(Files.write(directory.resolve("disk"), content)).digest());
        }
        assertThat(digests).hasSize(6);
    }

    @Test
    void theFormIsFixedForEver() throws IOException, InterruptedException {
        byte[] content = new byte[2 * MIB + 512];
        content[MIB] = 'm';
        Path disk = Files.write(directory.resolve("disk"), content);
        // printf 'minions disk 1\n' then 8 bytes of the size, 8 bytes of the chunk's number, the chunk's SHA-256
        assertThat(digest(disk).digest()).isEqualTo("a81e176c90f435c93a7166554caa873fb3f97348013581aadc5312dc9218ce0d");
    }

    private static DiskDigest.Content digest(Path disk) throws IOException, InterruptedException {
        return DiskDigest.of(disk, part -> {});
    }
}
