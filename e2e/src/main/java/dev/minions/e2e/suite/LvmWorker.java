package dev.minions.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.ByteSize;
import dev.minions.ProgressListener;
import dev.minions.VmId;
import dev.minions.spi.Volume;
import dev.minions.spi.VolumeBackend;
import dev.minions.spi.VolumeBackend.BaseImage;
import dev.minions.spi.VolumeId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** A process of its own that clones an image: there may be several at once, and they may be killed. */
final class LvmWorker {
    private static final int MIB = 1 << 20;
    private static final ByteSize SIZE = ByteSize.mib(1024);

    private LvmWorker() {}

    /** The program: an image's file, seed and size in bytes, and how many clones. */
    public static void main(String[] args) throws IOException {
        BaseImage image = image(Path.of(args[0]), Integer.parseInt(args[1]), ByteSize.bytes(Long.parseLong(args[2])));
        try (VolumeBackend backend = LvmHost.open(LvmHost.BACKEND)) {
            for (int i = 0; i < Integer.parseInt(args[3]); i++) {
                backend.clone(VolumeId.root(VmId.random()), image, SIZE, ProgressListener.NONE);
            }
        }
    }

    /** Starts it with an image that it makes itself. */
    static Process start(Path directory, int seed, ByteSize size, int clones) throws IOException {
        Path file = Files.createTempFile(directory, "worker", ".raw");
        return new ProcessBuilder(List.of(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LvmWorker.class.getName(),
                        file.toString(),
                        Integer.toString(seed),
                        Long.toString(size.bytes()),
                        Integer.toString(clones)))
                .inheritIO()
                .start();
    }

    /** An image of random content, the same for each seed and size. */
    static BaseImage image(Path file, int seed, ByteSize size) throws IOException {
        Random random = new Random(seed);
        byte[] content = new byte[MIB];
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            for (long done = 0; done < size.bytes(); done += MIB) {
                random.nextBytes(content);
                out.write(content);
            }
        }
        return new BaseImage(String.format("%064x", 1000 * size.toMib() + seed), file, size);
    }

    /** Writes random bytes from the beginning on, until there is no room; how many were written for good. */
    static long fill(Path device, ByteSize size) {
        byte[] content = new byte[MIB];
        Random random = new Random(0);
        long done = 0;
        try (RandomAccessFile out = new RandomAccessFile(device.toFile(), "rw")) {
            for (; done < size.bytes(); done += MIB) {
                random.nextBytes(content);
                out.write(content);
                out.getFD().sync();
            }
        } catch (IOException full) {
            return done;
        }
        return done;
    }

    /** That a volume begins with the image. */
    static void assertHolds(Volume volume, BaseImage image) {
        byte[] one = new byte[MIB];
        byte[] other = new byte[MIB];
        try (RandomAccessFile disk = new RandomAccessFile(volume.path().toFile(), "r");
                RandomAccessFile file = new RandomAccessFile(image.disk().toFile(), "r")) {
            for (long done = 0; done < image.size().bytes(); done += MIB) {
                disk.readFully(one);
                file.readFully(other);
                assertThat(one).as("volume %s at %d", volume.id(), done).isEqualTo(other);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
