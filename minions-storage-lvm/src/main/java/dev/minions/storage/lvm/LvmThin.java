package dev.minions.storage.lvm;

import dev.minions.HostReport.Finding;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.VolumeBackend;
import dev.minions.spi.process.HostProgram;
import dev.minions.spi.process.HostUser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Disks as volumes of a thin pool of LVM 2.03 or newer. A clone of an image and a snapshot are instant, whatever their
 * size, and take room only for what is written. Needs root. {@link LvmInit} makes a pool.
 *
 * <p>A pool belongs to one installation, which the first use writes on it as a tag; another refuses it.
 *
 * {@snippet :
 * try (Minions minions = LocalMinions.builder().volumes(LvmThin.pool("vg0", "minions")).build()) {
 *     // ...
 * }
 * }
 */
public final class LvmThin implements BackendFactory<VolumeBackend> {
    static final BackendId ID = BackendId.of("lvm");

    private static final Path DEVICE_MAPPER = Path.of("/dev/mapper/control");
    private static final String ADVICE = "minions init --lvm-device DEVICE, or --lvm-file SIZE";

    private final PoolName pool;
    private final PoolLimits limits;

    private LvmThin(PoolName pool, PoolLimits limits) {
        this.pool = pool;
        this.limits = limits;
    }

    /**
     * That pool, in which nothing more is begun once 95 % of it or 90 % of its metadata are in use.
     *
     * @param volumeGroup its volume group; 1 to 20 letters, digits and {@code _+.-}
     * @param pool its own name, alike
     * @throws IllegalArgumentException if a name will not do
     */
    public static LvmThin pool(String volumeGroup, String pool) {
        return new LvmThin(new PoolName(volumeGroup, pool), PoolLimits.USUAL);
    }

    /**
     * The same with other limits.
     *
     * @param data percent of the pool's blocks, 1 to 100, from which on clones, volumes, snapshots and growth are refused
     * @param metadata percent of its metadata, alike; a pool that runs out of metadata has to be repaired
     * @throws IllegalArgumentException if one is not a percentage
     */
    public LvmThin limits(int data, int metadata) {
        return new LvmThin(pool, new PoolLimits(data, metadata));
    }

    PoolName pool() {
        return pool;
    }

    @Override
    public BackendId id() {
        return ID;
    }

    @Override
    public List<Finding> probe() {
        Optional<Finding> obstacle = obstacle();
        if (obstacle.isPresent()) {
            return List.of(obstacle.get());
        }
        try {
            return List.of(Pool.find(Lvm.onPath(), pool)
                    .map(found -> Finding.ok("lvm", "thin pool '" + pool + "' of " + found.size()))
                    .orElseGet(() -> Finding.error("lvm", "there is no thin pool '" + pool + "'", ADVICE)));
        } catch (MinionsException e) {
            return List.of(Finding.error("lvm", String.valueOf(e.getMessage()), "see what 'lvs' says"));
        }
    }

    private static Optional<Finding> obstacle() {
        if (!HostUser.isRoot()) {
            return Optional.of(Finding.error("lvm", "LVM needs root", "run as root, or use volumes in a directory"));
        }
        if (HostProgram.find("lvm").isEmpty()) {
            return Optional.of(Finding.error("lvm", "program 'lvm' was looked for and is not there", Lvm.HINT));
        }
        if (Files.notExists(DEVICE_MAPPER)) {
            return Optional.of(Finding.error(
                    "lvm", "the kernel has no device-mapper: there is no " + DEVICE_MAPPER, "modprobe dm_thin_pool"));
        }
        return Optional.empty();
    }

    @Override
    public VolumeBackend open(BackendContext context) {
        obstacle().ifPresent(finding -> {
            throw new MinionsException(
                    ErrorCode.NOT_SUPPORTED,
                    "open lvm: " + finding.message() + "; " + finding.advice().orElse(""));
        });
        // One of a pool that is in use is there; to ask LVM itself would take every command a tenth of a second.
        if (Files.notExists(pool.device(pool.pool()))
                && Pool.find(Lvm.onPath(), pool).isEmpty()) {
            throw new MinionsException(
                    ErrorCode.NOT_SUPPORTED, "open lvm: there is no thin pool '" + pool + "'; " + ADVICE);
        }
        return new ThinVolumes(new Pool(new Names(context.installation(), pool), limits, Lvm.onPath()));
    }
}
