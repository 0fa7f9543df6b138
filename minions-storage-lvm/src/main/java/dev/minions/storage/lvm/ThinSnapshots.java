package dev.minions.storage.lvm;

import dev.minions.ProgressListener;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.Volume;
import dev.minions.spi.VolumeId;
import dev.minions.spi.VolumeSnapshots;
import java.util.Comparator;
import java.util.List;

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
        String operation = "keep snapshot '" + snapshot + "' of volume '" + volume + "'";
        ThinVolumes.requireNotInterrupted(operation);
        pool.guard().requireRoom(operation);
        Pool.Made made = make(volume, snapshot, names.volume(volume));
        if (made.volume().isEmpty()) {
            made = make(volume, snapshot, volumes.require(operation, volume).name());
        }
        made.orFail(operation);
        orElse(read, () -> delete(volume, snapshot));
    }

    /** What was made of a volume that did not stand still is nothing. */
    private static void orElse(Runnable read, Runnable undo) {
        try {
            read.run();
        } catch (RuntimeException | Error failure) {
            undo.run();
            throw failure;
        }
    }

    private Pool.Made make(VolumeId volume, String snapshot, String source) {
        String name = names.snapshot(volume, snapshot);
        return pool.make(
                name,
                List.of(List.of(
                        "lvcreate",
                        "-qq",
                        "-s",
                        "--permission",
                        "r",
                        "--name",
                        name,
                        "--addtag",
                        names.ownerTag(),
                        "--addtag",
                        names.snapshotTag(volume, snapshot),
                        "--addtag",
                        Names.ofTag(volume),
                        pool.name().volume(source))));
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
        String operation = "copy volume '" + volume + "' to '" + copy + "'";
        LogicalVolume source = volumes.require(operation, volume);
        boolean there = volumes.look(copy).isPresent();
        Volume made = volumes.copy(operation, source, copy);
        orElse(read, () -> {
            if (!there) {
                volumes.delete(copy);
            }
        });
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
