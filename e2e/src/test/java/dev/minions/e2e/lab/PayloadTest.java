package dev.minions.e2e.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.spi.process.HostCommand;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PayloadTest {
    @TempDir
    Path directory;

    @Test
    void whatIsTakenInIsOnTheDisk() throws IOException {
        Path product = Files.createDirectories(directory.resolve("product"));
        Files.writeString(Files.createDirectory(product.resolve("bin")).resolve("tool"), "#!/bin/sh\n");
        Files.createSymbolicLink(product.resolve("link"), Path.of("bin/tool"));

        Path disk = new Payload(directory.resolve("tree"))
                .add("opt/product", product)
                .add("one/file", product.resolve("bin/tool"))
                .addText("suite/words", "hello\n")
                .disk(directory.resolve("disk"));

        assertThat(onDisk(disk, "cat /opt/product/bin/tool")).isEqualTo("#!/bin/sh\n");
        assertThat(onDisk(disk, "cat /one/file")).isEqualTo("#!/bin/sh\n");
        assertThat(onDisk(disk, "cat /suite/words")).isEqualTo("hello\n");
        assertThat(onDisk(disk, "stat /opt/product/link")).contains("bin/tool");
        assertThat(onDisk(disk, "stat /")).contains("0755");
    }

    @Test
    void aFileWithHolesTakesRoomOnlyForWhatIsInIt() throws IOException {
        Path sparse = directory.resolve("sparse");
        try (RandomAccessFile file = new RandomAccessFile(sparse.toFile(), "rw")) {
            file.setLength(1L << 30);
        }

        Path disk =
                new Payload(directory.resolve("tree")).add("guest/disk", sparse).disk(directory.resolve("disk"));

        assertThat(onDisk(disk, "stat /guest/disk")).contains("Size: " + (1L << 30));
        long blocks = Long.parseLong(HostCommand.of("stat", "--format=%b", disk.toString())
                .run()
                .stdout()
                .strip());
        assertThat(blocks * 512).isLessThan(100L << 20);
    }

    private static String onDisk(Path disk, String request) {
        return HostCommand.of(List.of("debugfs", "-R", request, disk.toString()))
                .run()
                .stdout();
    }
}
