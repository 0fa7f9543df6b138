package dev.minions.storage.lvm;

import dev.minions.ByteSize;
import dev.minions.ProgressListener;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.BackendId;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.Volume;
import dev.minions.spi.VolumeBackend;
import dev.minions.spi.VolumeId;
import dev.minions.spi.VolumeSnapshots;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Disks as thin volumes.
 *
 * <p>A volume is made by one command of LVM, which writes its owner and its id in the same transaction: there are no
 * half-made ones, whatever dies.
 */
final class ThinVolumes implements VolumeBackend {
    private static final Comparator<LogicalVolume> LATER = Comparator.comparingInt(Names::generationOf);

    private final Pool pool;
    private final Names names;
    private final BaseImages images;

    ThinVolumes(Pool pool) {
        this.pool = pool;
        this.names = pool.names();
        this.images = new BaseImages(pool);
    }

    @Override
    public BackendId id() {
        return LvmThin.ID;
    }

    @Override
    public String configuration() {
        return pool.name().toString();
    }

    @Override
    public String description() {
        return "thin volumes in LVM's pool '" + pool.name() + "'";
    }

    @Override
    public Set<DiskFormat> formats() {
        return Set.of(DiskFormat.RAW);
    }

    @Override
    public Volume clone(VolumeId id, BaseImage base, ByteSize size, ProgressListener progress) {
        if (size.compareTo(base.size()) < 0) {
            throw new IllegalArgumentException(
                    "volume '" + id + "' of " + size + " is too small for an image of " + base.size());
        }
        String operation = "clone volume '" + id + "'";
        return thereWhileFull(operation, id, size).orElseGet(() -> {
            List<String> command = cloning(id, images.name(base, size));
            Pool.Made made = make(id, command);
            if (made.volume().isEmpty()) {
                images.prepare(operation, base, size, progress);
                made = make(id, command);
            }
            return result(operation, id, size, made);
        });
    }

    @Override
    public Volume create(VolumeId id, ByteSize size) {
        String operation = "create volume '" + id + "'";
        return thereWhileFull(operation, id, size).orElseGet(() -> {
            pool.claim();
            String bytes = Names.rounded(size).bytes() + "b";
            return result(
                    operation,
                    id,
                    size,
                    make(id, making(id, "-V", bytes, "-T", pool.name().toString())));
        });
    }

    /** A volume that is there is given even by a pool that has no room for another. */
    private Optional<Volume> thereWhileFull(String operation, VolumeId id, ByteSize size) {
        requireNotInterrupted(operation);
        Optional<MinionsException> refusal = pool.guard().refusal(operation);
        if (refusal.isEmpty()) {
            return Optional.empty();
        }
        LogicalVolume there = look(id).orElseThrow(refusal::get);
        return Optional.of(result(operation, id, size, new Pool.Made(Optional.of(there), "")));
    }

    /**
     * Volumes with the content of others, which stand still, in one process of LVM.
     *
     * @param sources the others, by the ids of the copies
     */
    Map<VolumeId, LogicalVolume> copy(String operation, Map<VolumeId, LogicalVolume> sources) {
        List<VolumeId> copies = List.copyOf(sources.keySet());
        List<Pool.Made> made = pool.makeAll(
                copies.stream().map(names::volume).toList(),
                sources.entrySet().stream()
                        .map(copy -> cloning(copy.getKey(), copy.getValue().name()))
                        .toList());
        Map<VolumeId, LogicalVolume> result = new LinkedHashMap<>();
        for (int i = 0; i < copies.size(); i++) {
            ByteSize size = Objects.requireNonNull(sources.get(copies.get(i))).size();
            result.put(copies.get(i), made(operation, size, made.get(i)));
        }
        return result;
    }

    private List<String> cloning(VolumeId id, String origin) {
        return making(id, "-s", "--setactivationskip", "n", pool.name().volume(origin));
    }

    private Pool.Made make(VolumeId id, List<String> command) {
        return pool.make(names.volume(id), List.of(command));
    }

    private List<String> making(VolumeId id, String... how) {
        List<String> command = new ArrayList<>(List.of(
                "lvcreate",
                "-qq",
                "--name",
                names.volume(id),
                "--addtag",
                names.ownerTag(),
                "--addtag",
                names.volumeTag(id)));
        command.addAll(List.of(how));
        return command;
    }

    private Volume result(String operation, VolumeId id, ByteSize size, Pool.Made made) {
        return activated(id, made(operation, size, made));
    }

    private static LogicalVolume made(String operation, ByteSize size, Pool.Made made) {
        LogicalVolume volume = made.orFail(operation);
        if (!volume.size().equals(volume.rounded(Names.rounded(size)))) {
            throw new MinionsException(
                    ErrorCode.WRONG_STATE, operation + " of " + size + ": it is there already, with " + volume.size());
        }
        return volume;
    }

    @Override
    public Optional<Volume> find(VolumeId id) {
        requireNotInterrupted("find volume '" + id + "'");
        return look(id).map(volume -> activated(id, volume));
    }

    /** The volume itself, where a restore that was cut short left two. */
    Optional<LogicalVolume> look(VolumeId id) {
        return pool.volumes(names.volumeTag(id)).stream().max(LATER);
    }

    @Override
    public List<Volume> list() {
        requireNotInterrupted("list volumes");
        return all().entrySet().stream()
                .map(entry -> volume(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** Every volume; the one that counts, where a restore that was cut short left two. */
    Map<VolumeId, LogicalVolume> all() {
        return pool.volumes().stream()
                .filter(volume -> Names.volumeOf(volume).isPresent())
                .collect(Collectors.toMap(
                        volume -> Names.volumeOf(volume).orElseThrow(),
                        Function.identity(),
                        BinaryOperator.maxBy(LATER)));
    }

    @Override
    public Volume grow(VolumeId id, ByteSize size) {
        String operation = "grow volume '" + id + "'";
        requireNotInterrupted(operation);
        LogicalVolume volume = require(operation, id);
        ByteSize wanted = volume.rounded(Names.rounded(size));
        int growth = wanted.compareTo(volume.size());
        if (growth < 0) {
            throw new MinionsException(
                    ErrorCode.NOT_SUPPORTED,
                    operation + " to " + size + ": it has " + volume.size() + ", and a disk is never made smaller");
        }
        if (growth == 0) {
            return activated(id, volume);
        }
        pool.guard().requireRoom(operation);
        pool.lvm()
                .run("lvextend", "-qq", "-L", wanted.bytes() + "b", pool.name().volume(volume.name()));
        return activated(id, require(operation, id));
    }

    /** The volume, which the operation needs. */
    LogicalVolume require(String operation, VolumeId id) {
        return look(id).orElseThrow(() -> absent(operation));
    }

    static MinionsException absent(String operation) {
        return new MinionsException(ErrorCode.PATH_NOT_FOUND, operation + ": there is none");
    }

    /** With its snapshots: nothing can be restored from them without it. */
    @Override
    public void delete(VolumeId id) {
        requireNotInterrupted("delete volume '" + id + "'");
        pool.remove(names.volumeTag(id), Names.ofTag(id));
    }

    @Override
    public Optional<VolumeSnapshots> snapshots() {
        return Optional.of(new ThinSnapshots(pool, this));
    }

    @Override
    public void close() {
        // There is nothing that it holds open between calls.
    }

    /** A volume with its device: one that was made in the moment of a loss of power has none yet. */
    Volume activated(VolumeId id, LogicalVolume volume) {
        if (!volume.active()) {
            pool.activate(volume);
        }
        return volume(id, volume);
    }

    private Volume volume(VolumeId id, LogicalVolume volume) {
        return new Volume(id, pool.name().device(volume.name()), DiskFormat.RAW, volume.size(), Optional.empty());
    }

    /** LVM is not ended half-way, so the moment for that is before it begins. */
    static void requireNotInterrupted(String operation) {
        if (Thread.currentThread().isInterrupted()) {
            throw new MinionsException(ErrorCode.CALL_INTERRUPTED, operation + ": interrupted");
        }
    }
}
