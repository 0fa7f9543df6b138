package dev.minions.storage.lvm;

import dev.minions.ProgressListener;
import dev.minions.VmId;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.Volume;
import dev.minions.spi.VolumeId;
import dev.minions.spi.VolumeSnapshots;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Snapshots as thin volumes that are read-only and never active.
 *
 * <p>A volume is restored by a new one, made from the snapshot beforehand, to which one command gives the volume's id and
 * the next generation; from then on it is the volume, and the one before is removed. Where that is cut short there are
 * two for a while, and the next restore or the volume's end removes what is left.
 */
final class ThinSnapshots implements VolumeSnapshots {
    private final Pool pool;
    private final Names names;
    private final ThinVolumes volumes;

    ThinSnapshots(Pool pool, ThinVolumes volumes) {
        this.pool = pool;
        this.names = pool.names();
        this.volumes = volumes;
    }

    @Override
    public void create(VolumeId volume, String snapshot, Runnable read) {
        create(List.of(volume), snapshot, read);
    }

    @Override
    public void create(List<VolumeId> volumes, String snapshot, Runnable read) {
        String operation = "keep snapshot '" + snapshot + "' of " + named(volumes);
        ThinVolumes.requireNotInterrupted(operation);
        pool.guard().requireRoom(operation);
        orElse(
                () -> {
                    keep(operation, volumes, snapshot);
                    read.run();
                },
                () -> volumes.forEach(volume -> delete(volume, snapshot)));
    }

    /** What was made of volumes that did not stand still is nothing, and so is a part of several. */
    private static void orElse(Runnable reading, Runnable undo) {
        try {
            reading.run();
        } catch (RuntimeException | Error failure) {
            undo.run();
            throw failure;
        }
    }

    /** In one process for all; one that was restored and has not its own name yet is looked for after that. */
    private void keep(String operation, List<VolumeId> volumes, String snapshot) {
        List<Pool.Made> made = pool.makeAll(
                volumes.stream().map(volume -> names.snapshot(volume, snapshot)).toList(),
                volumes.stream()
                        .map(volume -> keeping(volume, snapshot, names.volume(volume)))
                        .toList());
        for (int i = 0; i < volumes.size(); i++) {
            if (made.get(i).volume().isEmpty()) {
                VolumeId volume = volumes.get(i);
                String source = this.volumes.require(operation, volume).name();
                pool.make(names.snapshot(volume, snapshot), List.of(keeping(volume, snapshot, source)))
                        .orFail(operation);
            }
        }
    }

    private List<String> keeping(VolumeId volume, String snapshot, String source) {
        return List.of(
                "lvcreate",
                "-qq",
                "-s",
                "--permission",
                "r",
                "--name",
                names.snapshot(volume, snapshot),
                "--addtag",
                names.ownerTag(),
                "--addtag",
                names.snapshotTag(volume, snapshot),
                "--addtag",
                Names.ofTag(volume),
                pool.name().volume(source));
    }

    private static String named(List<VolumeId> volumes) {
        return volumes.stream().map(volume -> "volume '" + volume + "'").collect(Collectors.joining(" and "));
    }

    @Override
    public List<String> list(VolumeId volume) {
        ThinVolumes.requireNotInterrupted("list snapshots of volume '" + volume + "'");
        return pool.volumes().stream()
                .filter(found -> Names.snapshotOf(found, volume).isPresent())
                .sorted(Comparator.comparingInt(LogicalVolume::thinId))
                .map(found -> Names.snapshotOf(found, volume).orElseThrow())
                .toList();
    }

    @Override
    public Volume restore(VolumeId volume, String snapshot) {
        prepare(volume, snapshot);
        replace(volume, snapshot);
        String operation = "restore volume '" + volume + "' from snapshot '" + snapshot + "'";
        return volumes.activated(volume, volumes.require(operation, volume));
    }

    @Override
    public void prepare(VolumeId volume, String snapshot) {
        String operation = "restore volume '" + volume + "' from snapshot '" + snapshot + "'";
        String source = pool.name().volume(names.snapshot(volume, snapshot));
        ThinVolumes.requireNotInterrupted(operation);
        pool.guard().requireRoom(operation);
        settled(operation, volume);
        String successor = names.successor(volume);
        pool.make(
                        successor,
                        List.of(List.of(
                                "lvcreate",
                                "-qq",
                                "-s",
                                "--permission",
                                "rw",
                                "--setactivationskip",
                                "n",
                                "--name",
                                successor,
                                "--addtag",
                                names.ownerTag(),
                                "--addtag",
                                names.preparedTag(volume, snapshot),
                                "--addtag",
                                Names.ofTag(volume),
                                source)))
                .orFail(operation);
    }

    @Override
    public void replace(VolumeId volume, String snapshot) {
        String operation = "restore volume '" + volume + "' from snapshot '" + snapshot + "'";
        ThinVolumes.requireNotInterrupted(operation);
        String prepared = names.preparedTag(volume, snapshot);
        for (LogicalVolume successor : pool.volumes(prepared)) {
            LogicalVolume before = volumes.require(operation, volume);
            if (before.open()) {
                throw new MinionsException(
                        ErrorCode.WRONG_STATE, operation + ": something has it open; stop its VM first");
            }
            pool.lvm()
                    .run(
                            "lvchange",
                            "-qq",
                            "--deltag",
                            prepared,
                            "--deltag",
                            Names.ofTag(volume),
                            "--addtag",
                            names.volumeTag(volume),
                            "--addtag",
                            Names.generationTag(Names.generationOf(before) + 1),
                            pool.name().volume(successor.name()));
        }
        settled(operation, volume);
    }

    @Override
    public void discard(VolumeId volume, String snapshot) {
        ThinVolumes.requireNotInterrupted("discard a restore of volume '" + volume + "'");
        pool.remove(names.preparedTag(volume, snapshot));
    }

    @Override
    public Volume copy(VolumeId volume, VolumeId copy, Runnable read, ProgressListener progress) {
        return copy(Map.of(volume, copy), read).get(0);
    }

    @Override
    public void copy(List<VolumeId> volumes, VmId to, Runnable read, ProgressListener progress) {
        Map<VolumeId, VolumeId> copies = new LinkedHashMap<>();
        volumes.forEach(volume -> copies.put(volume, new VolumeId(to, volume.role())));
        copy(copies, read);
    }

    /** The guest of a copied volume may go on once LVM is through; devices are looked after when it does. */
    private List<Volume> copy(Map<VolumeId, VolumeId> copies, Runnable read) {
        String operation = "copy " + named(List.copyOf(copies.keySet()));
        ThinVolumes.requireNotInterrupted(operation);
        Map<VolumeId, LogicalVolume> there = volumes.all();
        Map<VolumeId, LogicalVolume> sources = new LinkedHashMap<>();
        copies.forEach((volume, copy) -> sources.put(
                copy, Optional.ofNullable(there.get(volume)).orElseThrow(() -> ThinVolumes.absent(operation))));
        if (!there.keySet().containsAll(sources.keySet())) {
            pool.guard().requireRoom(operation);
        }
        List<Volume> made = new ArrayList<>();
        orElse(
                () -> {
                    Map<VolumeId, LogicalVolume> copied = volumes.copy(operation, sources);
                    read.run();
                    copied.forEach((id, volume) -> made.add(volumes.activated(id, volume)));
                },
                () -> sources.keySet().stream()
                        .filter(copy -> !there.containsKey(copy))
                        .forEach(volumes::delete));
        return made;
    }

    /** The volume under its own name, after the end of whatever was left of it. */
    private LogicalVolume settled(String operation, VolumeId volume) {
        LogicalVolume current = volumes.require(operation, volume);
        String name = names.volume(volume);
        if (current.name().equals(name)) {
            return current;
        }
        pool.make(
                        name,
                        List.of(
                                List.of(
                                        "lvremove",
                                        "-qq",
                                        "--force",
                                        "--yes",
                                        pool.name().volume(name)),
                                List.of("lvrename", "-qq", pool.name().volumeGroup(), current.name(), name)))
                .orFail(operation);
        return volumes.require(operation, volume);
    }

    @Override
    public void delete(VolumeId volume, String snapshot) {
        ThinVolumes.requireNotInterrupted("delete snapshot '" + snapshot + "' of volume '" + volume + "'");
        pool.remove(names.snapshotTag(volume, snapshot));
    }
}
