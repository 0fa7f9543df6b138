package dev.minions.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.ByteSize;
import dev.minions.ProgressListener;
import dev.minions.VmId;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.Volume;
import dev.minions.spi.VolumeBackend;
import dev.minions.spi.VolumeBackend.BaseImage;
import dev.minions.spi.VolumeId;
import dev.minions.storage.lvm.LvmThin;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Thin pools that are filled to the brim, with data and with metadata. */
@SuppressWarnings("NullAway.Init") // set before each test
class LvmFullTest {
    private static final ByteSize SIZE = ByteSize.mib(64);
    private static final ByteSize IMAGE_SIZE = ByteSize.mib(8);
    private static final int MIB = 1 << 20;
    private static final int BLOCK = 64 * 1024;
    private static final String SNAPSHOT = "0123456789ab";

    @TempDir
    Path directory;

    /** With small extents, as metadata comes in whole ones and the less there is the sooner it is full. */
    @BeforeAll
    static void makeGroup() {
        LvmHost.run("vgcreate", "--physicalextentsize", "1m", LvmHost.GROUP, "/dev/vdc");
    }

    @AfterAll
    static void removeGroup() {
        LvmHost.run("vgremove", "--force", "--yes", LvmHost.GROUP);
        LvmHost.run("pvremove", "/dev/vdc");
    }

    private static VolumeId newId() {
        return VolumeId.root(VmId.random());
    }

    /** An image of random content. */
    private BaseImage image(int seed, ByteSize size) throws IOException {
        return LvmWorker.image(directory.resolve("image" + seed), seed, size);
    }

    private static void assertRefused(String words, ThrowingCallable call) {
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(call)
                .withMessageContaining(words)
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.NO_SPACE));
    }

    /** A pool that is soon full. */
    private static LvmThin smallPool(String... options) {
        List<String> command = new ArrayList<>(List.of("lvcreate", "--type", "thin-pool", "--chunksize", "64k"));
        command.addAll(List.of(options));
        command.addAll(List.of("--name", "small", LvmHost.GROUP));
        LvmHost.run(command.toArray(String[]::new));
        LvmHost.run("lvchange", "--errorwhenfull", "y", "lab/small"); // instead of a minute's wait
        return LvmThin.pool(LvmHost.GROUP, "small");
    }

    @Test
    void aPoolThatIsFullRefusesWorkAndLosesNothing() throws IOException {
        LvmThin small = smallPool("--size", "96m", "--poolmetadatasize", "4m");
        try (VolumeBackend volumes = LvmHost.open(small)) {
            BaseImage image = image(1, IMAGE_SIZE);
            Volume kept = volumes.clone(newId(), image, SIZE, ProgressListener.NONE);
            Volume filler = volumes.create(newId(), ByteSize.mib(512));
            assertThat(LvmWorker.fill(filler.path(), ByteSize.mib(512)))
                    .as("bytes that went into a pool of 96 MiB")
                    .isLessThan(96L * MIB);

            String words = "thin pool 'lab/small' has 100.0 % in use and 0 bytes of 96 MiB left";
            assertRefused(words, () -> volumes.clone(newId(), image, SIZE, ProgressListener.NONE));
            assertRefused(words, () -> volumes.create(newId(), SIZE));
            assertRefused(words, () -> volumes.grow(kept.id(), ByteSize.mib(128)));
            assertRefused(words, () -> volumes.snapshots().orElseThrow().create(kept.id(), SNAPSHOT));
            assertThat(volumes.clone(kept.id(), image, SIZE, ProgressListener.NONE))
                    .as("one that is there is given")
                    .isEqualTo(kept);
            assertThat(volumes.list()).containsExactlyInAnyOrder(kept, filler);
            LvmWorker.assertHolds(kept, image);

            volumes.delete(filler.id());

            Volume next = volumes.clone(newId(), image, SIZE, ProgressListener.NONE);
            LvmWorker.assertHolds(next, image);
            LvmWorker.assertHolds(kept, image);
        } finally {
            LvmHost.run("lvremove", "--force", "--yes", "lab/small");
        }
    }

    @Test
    void anImageThatDoesNotFitIsRefusedBeforeThePoolIsFullAndLeavesNothing() throws IOException {
        LvmThin small = smallPool("--size", "160m", "--poolmetadatasize", "4m");
        try (VolumeBackend volumes = LvmHost.open(small.limits(50, 90))) {
            BaseImage large = image(2, ByteSize.mib(256));

            assertRefused(
                    "and from 50 % on nothing is begun in it",
                    () -> volumes.clone(newId(), large, large.size(), ProgressListener.NONE));

            assertThat(LvmHost.names("pool_lv=small")).isEmpty();
            volumes.clone(newId(), image(3, IMAGE_SIZE), SIZE, ProgressListener.NONE);
        } finally {
            LvmHost.run("lvremove", "--force", "--yes", "lab/small");
        }
    }

    @Test
    void aPoolWhoseMetadataIsFullRefusesWorkAndLosesNothing() throws IOException {
        LvmThin small = smallPool("--size", "7g", "--poolmetadatasize", "2m", "--zero", "n");
        try (VolumeBackend volumes = LvmHost.open(small)) {
            BaseImage image = image(1, IMAGE_SIZE);
            Volume kept = volumes.clone(newId(), image, SIZE, ProgressListener.NONE);
            Volume filler = volumes.create(newId(), ByteSize.gib(16));
            scatter(filler.path(), 16L << 30);

            assertRefused(
                    "of its metadata in use, and from 90 % on nothing is begun in it",
                    () -> volumes.clone(newId(), image, SIZE, ProgressListener.NONE));
            LvmWorker.assertHolds(kept, image);

            volumes.delete(filler.id());

            LvmWorker.assertHolds(volumes.clone(newId(), image, SIZE, ProgressListener.NONE), image);
            LvmWorker.assertHolds(kept, image);
        } finally {
            LvmHost.run("lvremove", "--force", "--yes", "lab/small");
        }
    }

    /** Writes into ever more blocks, each far from the last, until nine tenths of the metadata are in use. */
    private static void scatter(Path device, long size) throws IOException {
        long blocks = size / BLOCK;
        byte[] sector = new byte[4096];
        try (RandomAccessFile file = new RandomAccessFile(device.toFile(), "rw")) {
            for (long i = 0; metadataPercent() < 90; i += 2000) {
                for (long block = i; block < i + 2000; block++) {
                    file.seek(block * 7919 % blocks * BLOCK);
                    file.write(sector);
                }
                file.getFD().sync();
                assertThat(i)
                        .as("blocks written, metadata %s %%", metadataPercent())
                        .isLessThan(110_000);
            }
        }
    }

    private static double metadataPercent() {
        String[] fields = LvmHost.run("dmsetup", "status", "lab-small-tpool").split("[ /]", -1);
        return 100 * Double.parseDouble(fields[4]) / Double.parseDouble(fields[5]);
    }
}
