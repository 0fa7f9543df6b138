package dev.minions.testkit;

import dev.minions.ByteSize;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.Volume;
import dev.minions.spi.VolumeBackend.BaseImage;
import dev.minions.spi.process.HostCommand;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What a guest would read from a volume, and what happens when it writes. */
final class VolumeBytes {
    /** How much is looked at in one place: a sector, and what the places are aligned to. */
    static final int SECTOR = 512;

    private final Path scratch;

    VolumeBytes(Path scratch) {
        this.scratch = scratch;
    }

    /**
     * An image with something at its beginning and its end and nothing between.
     *
     * @param mark what it is full of there, and what makes its digest
     */
    BaseImage image(String name, byte mark, ByteSize size) {
        Path disk = scratch.resolve(name);
        try (var file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(size.bytes());
            file.write(sector(mark));
            file.seek(size.bytes() - SECTOR);
            file.write(sector(mark));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new BaseImage(String.format("%064x", mark), disk, size);
    }

    static byte[] sector(byte mark) {
        byte[] sector = new byte[SECTOR];
        Arrays.fill(sector, mark);
        return sector;
    }

    /** The sector at that offset. */
    byte[] read(Volume volume, long offset) {
        Path raw = volume.path();
        try {
            if (volume.format() == DiskFormat.QCOW2) {
                raw = Files.createTempFile(scratch, "read", ".raw");
                HostCommand.of("qemu-img", "convert", "-f", "qcow2", "-O", "raw", "" + volume.path(), "" + raw)
                        .hint("apt install qemu-utils")
                        .run();
            }
            try (var file = new RandomAccessFile(raw.toFile(), "r")) {
                byte[] sector = new byte[SECTOR];
                file.seek(offset);
                file.readFully(sector);
                return sector;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fills the sector at that offset with a mark. */
    void write(Volume volume, long offset, byte mark) {
        if (volume.format() == DiskFormat.QCOW2) {
            HostCommand.of(
                            "qemu-io",
                            "-f",
                            "qcow2",
                            "-c",
                            "write -P " + mark + " " + offset + " " + SECTOR,
                            "" + volume.path())
                    .hint("apt install qemu-utils")
                    .run();
            return;
        }
        try (var file = new RandomAccessFile(volume.path().toFile(), "rw")) {
            file.seek(offset);
            file.write(sector(mark));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
