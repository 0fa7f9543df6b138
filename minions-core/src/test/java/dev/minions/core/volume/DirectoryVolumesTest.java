package dev.minions.core.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.ByteSize;
import dev.minions.Progress;
import dev.minions.ProgressListener;
import dev.minions.VmId;
import dev.minions.core.LoopFileSystem;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.BackendContext;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.Volume;
import dev.minions.spi.VolumeBackend;
import dev.minions.spi.VolumeBackend.BaseImage;
import dev.minions.spi.VolumeId;
import dev.minions.spi.process.HostCommand;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How clones are made, and what holds of them beyond the contract. */
class DirectoryVolumesTest {
    private static final ByteSize IMAGE = ByteSize.mib(32);
    private static final ByteSize SIZE = ByteSize.gib(4);
    private static final Set<DiskFormat> BOTH = Set.of(DiskFormat.RAW, DiskFormat.QCOW2);

    @TempDir
    Path scratch;

    private final VolumeId id = VolumeId.root(VmId.random());

    @Test
    void onAFileSystemWithoutReflinksALayerIsMadeAndTheImageIsFoundThroughALinkBesideIt() throws IOException {
        BaseImage image = image(scratch);
        try (VolumeBackend volumes = open(scratch, BOTH)) {
            Volume volume = volumes.clone(id, image, SIZE, ProgressListener.NONE);

            assertThat(volume.format()).isEqualTo(DiskFormat.QCOW2);
            assertThat(volume.base()).contains(image.disk());
            Path link = volume.path().resolveSibling("root.base");
            assertThat(Files.readSymbolicLink(link).isAbsolute()).isFalse();
            assertThat(link).isSymbolicLink().hasSameBinaryContentAs(image.disk());
        }
    }

    @Test
    void aDataDirectoryCanBeMovedWithItsLayers(@TempDir Path elsewhere) throws IOException {
        BaseImage image = image(scratch);
        try (VolumeBackend volumes = open(scratch, BOTH)) {
            volumes.clone(id, image, SIZE, ProgressListener.NONE);
        }
        Path moved = elsewhere.resolve("moved");
        Files.move(scratch.resolve("data"), moved, StandardCopyOption.ATOMIC_MOVE);
        try (VolumeBackend volumes =
                DirectoryVolumes.factory(BOTH).open(new BackendContext("0123456789ab", moved, elsewhere))) {
            Volume volume = volumes.find(id).orElseThrow();
            assertThat(volume.base().orElseThrow()).startsWith(moved).exists();
        }
    }

    @Test
    void aLayerThatNamesAnotherBaseThanItsLinkIsNotOpened() throws IOException {
        BaseImage image = image(scratch);
        try (VolumeBackend volumes = open(scratch, BOTH)) {
            Volume volume = volumes.clone(id, image, SIZE, ProgressListener.NONE);
            HostCommand.of(
                            "qemu-img",
                            "rebase",
                            "-u",
                            "-f",
                            "qcow2",
                            "-F",
                            "raw",
                            "-b",
                            "/etc/shadow",
                            "" + volume.path())
                    .run();
            assertThatExceptionOfType(MinionsException.class)
                    .isThrownBy(() -> volumes.find(id))
                    .withMessageContaining("somebody else has written to it");
        }
    }

    @Test
    void aCopyTakesRoomOnlyForWhatIsNotZeroAndSaysHowFarItIs() throws IOException {
        BaseImage image = image(scratch);
        List<Progress> heard = new ArrayList<>();
        try (VolumeBackend volumes = open(scratch, Set.of(DiskFormat.RAW))) {
            Volume volume = volumes.clone(id, image, SIZE, heard::add);

            assertThat(volume.format()).isEqualTo(DiskFormat.RAW);
            assertThat(volume.path()).hasSize(SIZE.bytes());
            assertThat(blocks(volume.path())).isLessThanOrEqualTo(blocks(image.disk()) + 256);
            assertThat(heard).isNotEmpty();
            assertThat(heard.get(heard.size() - 1).fraction()).hasValue(1.0);
        }
    }

    @Test
    void aListenerThatThrowsEndsACopyAndNothingIsLeft() throws IOException {
        BaseImage image = image(scratch);
        try (VolumeBackend volumes = open(scratch, Set.of(DiskFormat.RAW))) {
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> volumes.clone(id, image, SIZE, p -> {
                        throw new IllegalStateException("enough");
                    }));
            assertThat(volumes.find(id)).isEmpty();
            assertThat(filesOfTheVm(scratch)).isEmpty();
        }
    }

    @Test
    void aCopyThatIsInterruptedSaysSoAndNothingIsLeft() throws IOException {
        BaseImage image = image(scratch);
        try (VolumeBackend volumes = open(scratch, Set.of(DiskFormat.RAW))) {
            assertThatExceptionOfType(MinionsException.class)
                    .isThrownBy(() -> volumes.clone(
                            id, image, SIZE, p -> Thread.currentThread().interrupt()))
                    .returns(ErrorCode.CALL_INTERRUPTED, MinionsException::code);
            assertThat(Thread.interrupted()).as("the thread stays interrupted").isTrue();
            assertThat(volumes.find(id)).isEmpty();
            assertThat(filesOfTheVm(scratch)).isEmpty();
        }
    }

    @Test
    void onXfsACloneIsAReflinkThatSharesItsBlocks() throws IOException {
        try (LoopFileSystem xfs = LoopFileSystem.mount(scratch, 1L << 30, "mkfs.xfs", "-q", "-m", "reflink=1")) {
            BaseImage image = image(xfs.directory());
            long before = xfs.directory().toFile().getUsableSpace();
            try (VolumeBackend volumes = open(xfs.directory(), BOTH)) {
                Volume volume = volumes.clone(id, image, SIZE, ProgressListener.NONE);

                assertThat(volume.format()).isEqualTo(DiskFormat.RAW);
                assertThat(volume.base()).isEmpty();
                assertThat(volume.path()).hasSize(SIZE.bytes());
                assertThat(before - xfs.directory().toFile().getUsableSpace())
                        .as("bytes that the clone takes")
                        .isLessThan(IMAGE.bytes() / 8);
                assertThat(Files.getPosixFilePermissions(volume.path())).hasSize(2);
                assertThat(firstBytes(volume.path())).isEqualTo(firstBytes(image.disk()));
            }
        }
    }

    @Test
    void onXfsWithoutReflinksALayerIsMade() throws IOException {
        try (LoopFileSystem xfs = LoopFileSystem.mount(scratch, 1L << 30, "mkfs.xfs", "-q", "-m", "reflink=0")) {
            BaseImage image = image(xfs.directory());
            try (VolumeBackend volumes = open(xfs.directory(), BOTH)) {
                Volume volume = volumes.clone(id, image, SIZE, ProgressListener.NONE);
                assertThat(volume.format()).isEqualTo(DiskFormat.QCOW2);
                assertThat(filesOfTheVm(xfs.directory())).containsExactly("root.base", "root.qcow2");
            }
        }
    }

    @Test
    void aFullDiskSaysWhatACopyNeedsAndWhatThereIsAndNothingIsLeft() throws IOException {
        try (LoopFileSystem ext4 = LoopFileSystem.mount(scratch, 64L << 20, "mkfs.ext4", "-q", "-m", "0")) {
            BaseImage image = image(ext4.directory());
            try (RandomAccessFile filler =
                    new RandomAccessFile(ext4.directory().resolve("filler").toFile(), "rw")) {
                filler.write(new byte[16 << 20]);
            }
            try (VolumeBackend volumes = open(ext4.directory(), Set.of(DiskFormat.RAW))) {
                assertThatExceptionOfType(MinionsException.class)
                        .isThrownBy(() -> volumes.clone(id, image, SIZE, ProgressListener.NONE))
                        .returns(ErrorCode.NO_SPACE, MinionsException::code)
                        .withMessageMatching("clone volume .*: .* needed .*, .* free in .*");
                assertThat(volumes.find(id)).isEmpty();
                assertThat(filesOfTheVm(ext4.directory())).isEmpty();
            }
        }
    }

    @Test
    void whatIsNoVolumeOfOursIsNotListed() throws IOException {
        BaseImage image = image(scratch);
        try (VolumeBackend volumes = open(scratch, BOTH)) {
            Volume volume = volumes.clone(id, image, SIZE, ProgressListener.NONE);
            Path vms = scratch.resolve("data/vms");
            Files.writeString(Files.createDirectory(vms.resolve("lost+found")).resolve("root.raw"), "");
            Files.writeString(volume.path().resolveSibling("console.log"), "");
            Files.writeString(volume.path().resolveSibling("UPPER.raw"), "");
            assertThat(volumes.list()).containsExactly(volume);
        }
    }

    private static VolumeBackend open(Path root, Set<DiskFormat> formats) {
        return DirectoryVolumes.factory(formats).open(new BackendContext("0123456789ab", root.resolve("data"), root));
    }

    /** Random at its beginning, zero behind that, and with something at its very end. */
    private static BaseImage image(Path root) throws IOException {
        Path disk = Files.createDirectories(root.resolve("data/images/x"))
                .toRealPath()
                .resolve("disk");
        byte[] content = new byte[24 << 20];
        new Random(1).nextBytes(content);
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.write(content);
            file.seek(IMAGE.bytes() - 1);
            file.write(1);
        }
        return new BaseImage("0".repeat(64), disk, IMAGE);
    }

    private List<String> filesOfTheVm(Path root) throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("data/vms/" + id.vm()))) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static long blocks(Path file) {
        return Long.parseLong(HostCommand.of("stat", "--format=%b", file.toString())
                .run()
                .stdout()
                .strip());
    }

    private static byte[] firstBytes(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return in.readNBytes(1 << 20);
        }
    }
}
