package dev.minions.bench;

import dev.minions.ByteSize;
import dev.minions.ProgressListener;
import dev.minions.VmId;
import dev.minions.core.DirectoryVolumes;
import dev.minions.spi.BackendContext;
import dev.minions.spi.VolumeBackend;
import dev.minions.spi.VolumeBackend.BaseImage;
import dev.minions.spi.VolumeId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The disk of a new VM, from an image of 2 GiB of which 512 MiB are written, against {@code cp --sparse=always}, which
 * makes a disk of the same content. On ext4 ours is a layer on the image and no copy: it is what a create costs, not
 * what a copy costs. Ours is on the disk when it returns; what {@code cp} wrote is not.
 */
final class CloneBenchmark implements Benchmark {
    private static final ByteSize SIZE = ByteSize.gib(2);
    private static final int PIECE = 1 << 20;

    /** Every fourth MiB is written: as far apart as data lies in a file system that is not full. */
    private static final int STRIDE = 4 * PIECE;

    private static final String DIGEST = "0".repeat(64);

    private final String name;
    private final String type;
    private final String[] mkfs;

    private CloneBenchmark(String name, String type, String... mkfs) {
        this.name = name;
        this.type = type;
        this.mkfs = mkfs;
    }

    static CloneBenchmark onExt4() {
        return new CloneBenchmark("clone-ext4", "ext4", "mkfs.ext4", "-q", "-F");
    }

    static CloneBenchmark withReflinks() {
        return new CloneBenchmark("clone-reflink", "xfs", "mkfs.xfs", "-q", "-m", "reflink=1");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String summary() {
        return "a disk cloned from a 2 GiB image on " + type + ", beside cp --sparse=always";
    }

    @Override
    public int defaultRuns() {
        return 10;
    }

    @Override
    public List<Figure> measure(Workbench bench, int runs) throws Exception {
        Path scratch = bench.newDirectory(name);
        try (FileSystem fileSystem = FileSystem.of(scratch, type, mkfs)) {
            Path data = fileSystem.directory();
            Path image = Files.createDirectories(data.resolve("images")).resolve("disk");
            write(image);
            try (VolumeBackend volumes =
                    DirectoryVolumes.inDataDirectory().open(new BackendContext("0123456789ab", data, data))) {
                BaseImage base = new BaseImage(DIGEST, image, SIZE);
                Path copy = data.resolve("copy");
                Turns<Double> turns = Turns.take(
                        runs,
                        1,
                        () -> clone(volumes, base, data),
                        () -> copy(image, copy),
                        pair -> Main.say(name + ": pair " + pair + " of " + runs));
                return List.of(turns.figure(name, "ms", millis -> millis));
            }
        }
    }

    private static void write(Path image) throws IOException {
        byte[] piece = new byte[PIECE];
        Random random = new Random(1);
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(SIZE.bytes());
            for (long at = 0; at < SIZE.bytes(); at += STRIDE) {
                random.nextBytes(piece);
                file.seek(at);
                file.write(piece);
            }
            file.getFD().sync();
        }
    }

    private static double clone(VolumeBackend volumes, BaseImage base, Path data) throws IOException {
        VmId vm = VmId.random();
        Files.createDirectories(data.resolve("vms").resolve(vm.toString())); // the engine's part
        VolumeId id = VolumeId.root(vm);
        Stopwatch watch = new Stopwatch();
        volumes.clone(id, base, SIZE, ProgressListener.NONE);
        double millis = watch.millis();
        volumes.delete(id);
        return millis;
    }

    private static double copy(Path image, Path copy) throws IOException, InterruptedException {
        try {
            return Programs.time(List.of("cp", "--sparse=always", image.toString(), copy.toString()), Map.of());
        } finally {
            Files.deleteIfExists(copy);
        }
    }
}
