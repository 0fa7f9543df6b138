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
import dev.minions.spi.VolumeSnapshots;
import dev.minions.spi.process.HostDirectory;
import dev.minions.spi.process.RunAs;
import dev.minions.storage.lvm.LvmInit;
import dev.minions.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a thin pool does that the contract does not ask about: it is shared, and loses those who work in it. */
@SuppressWarnings("NullAway.Init") // set before each test
class LvmPoolTest {
    private static final Duration SOON = Duration.ofMinutes(5);
    private static final ByteSize SIZE = ByteSize.mib(64);
    private static final ByteSize IMAGE_SIZE = ByteSize.mib(8);
    private static final int MIB = 1 << 20;
    private static final int BLOCK = 64 * 1024;
    private static final String KEPT = "0123456789ab";

    @TempDir
    Path directory;

    private VolumeBackend backend;

    @BeforeAll
    static void makePool() {
        LvmHost.makePool();
    }

    @AfterAll
    static void removePool() {
        LvmHost.removePool();
    }

    @BeforeEach
    void open() {
        backend = LvmHost.open(LvmHost.BACKEND);
    }

    @AfterEach
    void removeVolumes() {
        backend.list().forEach(volume -> backend.delete(volume.id()));
        backend.close();
    }

    private static VolumeId newId() {
        return VolumeId.root(VmId.random());
    }

    /** An image of random content. */
    private BaseImage image(int seed, ByteSize size) throws IOException {
        return LvmWorker.image(directory.resolve("image" + seed), seed, size);
    }

    private static void assertRefused(ErrorCode code, String words, ThrowingCallable call) {
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(call)
                .withMessageContaining(words)
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(code));
    }

    private static VolumeSnapshots snapshots(VolumeBackend volumes) {
        return volumes.snapshots().orElseThrow();
    }

    @Test
    void whatAKilledProcessLeftOfAnImageIsRemovedByTheNext() throws IOException {
        Process worker = LvmWorker.start(directory, 4, ByteSize.mib(128), 1);
        Await.until("it copies", SOON, () -> !LvmHost.names("lv_name=~^import").isEmpty());
        worker.destroyForcibly().onExit().join();
        assertThat(LvmHost.names("lv_name=~^import")).hasSize(1);

        BaseImage image = image(5, IMAGE_SIZE);
        LvmWorker.assertHolds(backend.clone(newId(), image, SIZE, ProgressListener.NONE), image);

        assertThat(LvmHost.names("lv_name=~^import")).isEmpty();
    }

    @Test
    void twoProcessesThatNeedTheSameImageAtOnceBothGetTheirVolumes() throws IOException, InterruptedException {
        Process first = LvmWorker.start(directory, 6, ByteSize.mib(32), 2);
        Process second = LvmWorker.start(directory, 6, ByteSize.mib(32), 2);

        for (Process worker : List.of(first, second)) {
            assertThat(worker.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(worker.exitValue()).isZero();
        }

        BaseImage image = image(6, ByteSize.mib(32));
        assertThat(backend.list()).hasSize(4).allSatisfy(volume -> LvmWorker.assertHolds(volume, image));
        assertThat(LvmHost.names("lv_name=~^import")).isEmpty();
        assertThat(LvmHost.names("lv_tags=minions.image=" + image.digest()))
                .as("the image, and the same at the volumes' size")
                .hasSize(2);
    }

    @Test
    void aRestoreThatWasCutShortIsDoneOrUndoneAndLeavesNothing() throws IOException {
        BaseImage image = image(7, IMAGE_SIZE);
        Volume volume = backend.clone(newId(), image, SIZE, ProgressListener.NONE);
        snapshots(backend).create(volume.id(), KEPT);
        LvmWorker.fill(volume.path(), IMAGE_SIZE);
        String name = LvmHost.names("lv_tags=minions.volume=" + volume.id()).get(0);
        String snapshot = LvmHost.names("lv_tags=minions.of=" + volume.id()).get(0);

        LvmHost.run(
                "lvcreate",
                "-s",
                "-kn",
                "--permission",
                "rw",
                "--addtag",
                "minions.owner=" + LvmHost.INSTALLATION,
                "--addtag",
                "minions.volume=" + volume.id(),
                "--addtag",
                "minions.generation=1",
                "--name",
                name + ".restored",
                LvmHost.GROUP + "/" + snapshot);

        assertThat(backend.list()).hasSize(1);
        LvmWorker.assertHolds(backend.find(volume.id()).orElseThrow(), image);
        LvmWorker.assertHolds(snapshots(backend).restore(volume.id(), KEPT), image);
        assertThat(LvmHost.names("lv_tags=minions.volume=" + volume.id())).containsExactly(name);
    }

    @Test
    void aVolumesSnapshotsGoWithIt() throws IOException {
        Volume volume = backend.clone(newId(), image(1, IMAGE_SIZE), SIZE, ProgressListener.NONE);
        Volume other = backend.create(newId(), SIZE);
        snapshots(backend).create(volume.id(), KEPT);
        snapshots(backend).create(other.id(), KEPT);

        backend.delete(volume.id());

        assertThat(LvmHost.names("lv_name=~^snap"))
                .singleElement()
                .satisfies(name -> assertThat(LvmHost.names("lv_tags=minions.of=" + other.id()))
                        .containsExactly(name));
    }

    @Test
    void aPoolOfAnotherInstallationIsRefused() throws IOException {
        BaseImage image = image(1, IMAGE_SIZE);
        try (VolumeBackend other = LvmHost.BACKEND.open(LvmHost.context("ba9876543210"))) {
            String words = "it belongs to another installation";
            assertRefused(ErrorCode.FOREIGN_INSTALLATION, words, () -> other.create(newId(), SIZE));
            assertRefused(
                    ErrorCode.FOREIGN_INSTALLATION,
                    words,
                    () -> other.clone(newId(), image, SIZE, ProgressListener.NONE));
        }
    }

    @Test
    void whatAGuestDiscardsIsThePoolsAgain() throws IOException {
        Volume volume = backend.create(newId(), SIZE);
        long before = usedBlocks();
        LvmWorker.fill(volume.path(), ByteSize.mib(16));
        long full = usedBlocks();
        LvmHost.run("blkdiscard", volume.path().toString());

        assertThat(full).isEqualTo(before + 16L * MIB / BLOCK);
        Await.until("the blocks are free", SOON, () -> usedBlocks() == before);
    }

    private static long usedBlocks() {
        return Long.parseLong(LvmHost.run("dmsetup", "status", "lab-pool-tpool").split("[ /]", -1)[6]);
    }

    @Test
    void aVolumeStaysItsVmmsWhenItGrowsAndUdevLooksAtItAnew() throws IOException {
        Volume volume = backend.create(newId(), SIZE);
        HostDirectory.giveDisk(volume.path(), new RunAs(1_879_048_195L, 1_879_048_195L, List.of(), List.of()));

        backend.grow(volume.id(), ByteSize.mib(128));
        LvmHost.run("udevadm", "trigger", "--settle", volume.path().toRealPath().toString());

        assertThat(Files.getAttribute(volume.path(), "unix:uid")).isEqualTo(1_879_048_195);
    }

    @Test
    void aDeviceThatHoldsSomethingIsNotTakenAndWhatIsMadeGoesAgain() throws IOException {
        Path file = directory.resolve("pool.img");
        LvmInit init = LvmInit.inFile(file, ByteSize.mib(256)).named("labfile", "pool");

        assertThat(LvmHost.makePool()).as("made already").isEmpty();
        assertThat(init.make(LvmHost.INSTALLATION)).hasSize(4);
        assertThat(init.make(LvmHost.INSTALLATION)).isEmpty();
        assertRefused(
                ErrorCode.WRONG_STATE,
                "it is there, with 256 MiB",
                () -> LvmInit.inFile(file, ByteSize.mib(512))
                        .named("labfile", "pool")
                        .make(LvmHost.INSTALLATION));
        try (VolumeBackend volumes = LvmHost.open(init.backend())) {
            VolumeId id = newId();
            volumes.create(id, SIZE);
            detached(file);
            LvmInit found = LvmInit.asFound(file).named("labfile", "pool");
            assertThat(found.make("another"))
                    .as("another's pool is attached and left alone")
                    .hasSize(1);
            detached(file);
            assertRefused(ErrorCode.WRONG_STATE, "it holds 1 volumes", () -> found.undo(LvmHost.INSTALLATION));
            detached(file);
            assertThat(found.make(LvmHost.INSTALLATION)).as("as after a boot").isNotEmpty();
            assertThat(volumes.list()).extracting(Volume::id).containsExactly(id);
            volumes.delete(id);
        }
        assertThat(init.undo(LvmHost.INSTALLATION)).hasSize(2);
        assertThat(LvmHost.run("losetup", "--list")).doesNotContain("pool.img");

        Files.createFile(file);
        LvmHost.run("mkfs.ext4", "-q", file.toString(), "64m");
        assertRefused(ErrorCode.COMMAND_FAILED, "wiping of ext4", () -> init.make(LvmHost.INSTALLATION));
        assertThat(LvmHost.run("losetup", "--list")).doesNotContain("pool.img");
    }

    /** As a boot of the host leaves it. */
    private static void detached(Path file) {
        LvmHost.run("vgchange", "--activate", "n", "labfile");
        String loop = LvmHost.run("losetup", "--noheadings", "--output", "NAME", "--associated", file.toString());
        LvmHost.run("losetup", "--detach", loop.strip());
    }

    /** A clone beside what LVM takes for the same snapshot; the figure is for people, the bound for a broken design. */
    @Test
    void aCloneTakesHardlyLongerThanLvmsOwnSnapshot() throws IOException {
        BaseImage image = image(1, IMAGE_SIZE);
        backend.clone(newId(), image, SIZE, ProgressListener.NONE);
        String source = LvmHost.names("lv_name=~^image").stream()
                .filter(name -> name.endsWith(".16"))
                .findFirst()
                .orElseThrow();
        long ours = 0;
        long bare = 0;
        for (int i = 0; i < 5; i++) {
            long begin = System.nanoTime();
            LvmHost.run("lvcreate", "-s", "-kn", "-n", "bare" + i, LvmHost.GROUP + "/" + source);
            long between = System.nanoTime();
            backend.clone(newId(), image, SIZE, ProgressListener.NONE);
            bare += between - begin;
            ours += System.nanoTime() - between;
        }
        for (int i = 0; i < 5; i++) {
            LvmHost.run("lvremove", "-f", "-y", LvmHost.GROUP + "/bare" + i);
        }
        double ratio = (double) ours / bare;
        System.out.printf(
                Locale.ROOT,
                "      lvm-clone: %d ms, bare lvcreate -s %d ms, ratio %.2f (5 each, alternating)%n",
                ours / 5_000_000,
                bare / 5_000_000,
                ratio);
        assertThat(ratio).isLessThan(2);
    }
}
