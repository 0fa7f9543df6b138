package dev.minions.storage.lvm;

import dev.minions.ByteSize;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.HostCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes the thin pool that {@link LvmThin} needs, on a device or in a file, and removes it again. Needs root.
 *
 * <p>What is there already is left as it is, so that it may be run again: after a boot that is what brings a pool in a
 * file back. A device that holds anything is refused, by LVM itself.
 */
public final class LvmInit {
    /** The volume group, if none is named. */
    public static final String VOLUME_GROUP = "minions";

    /** The thin pool in it, if none is named. */
    public static final String POOL = "pool";

    /** The smallest block there is: the less of a block a guest writes to, the more is copied in vain. */
    private static final String BLOCK = "64k";

    /** Percent of the group; the rest is kept for the hour in which the pool, or its metadata, is full. */
    private static final int SHARE = 95;

    /** 64 bytes for each block of 64 KiB, and as much again for what snapshots no longer share. */
    private static final long BYTES_OF_A_METADATA_BYTE = 512;

    private static final ByteSize LEAST_METADATA = ByteSize.mib(16);

    /** As much as the kernel can use. */
    private static final ByteSize MOST_METADATA = ByteSize.mib(16_192);

    private static final int PERCENT = 100;
    private static final Duration LIMIT = Duration.ofMinutes(5);

    /** What the pool is made on: a device, or a file, which gets a loop device. */
    private sealed interface Place {
        record Device(Path device) implements Place {}

        /** Without a size it is only looked for. */
        record File(Path file, Optional<ByteSize> size) implements Place {}
    }

    private final Place place;
    private final PoolName pool;
    private final Lvm lvm = Lvm.onPath();

    private LvmInit(Place place, PoolName pool) {
        this.place = place;
        this.pool = pool;
    }

    /** A pool that takes a whole device, which must be empty. */
    public static LvmInit onDevice(Path device) {
        return new LvmInit(new Place.Device(device.toAbsolutePath()), new PoolName(VOLUME_GROUP, POOL));
    }

    /**
     * A pool in a file, which takes all of its room at once: a pool that found its file system full would lose data.
     *
     * @param file where it is, or is to be
     * @param size how large it is made, if it is not there
     */
    public static LvmInit inFile(Path file, ByteSize size) {
        return new LvmInit(new Place.File(file.toAbsolutePath(), Optional.of(size)), new PoolName(VOLUME_GROUP, POOL));
    }

    /**
     * The pool that was made before, wherever: {@link #make} brings it back after a boot, {@link #undo} removes it, and
     * where there is none both do nothing.
     *
     * @param file where it is, if it is in a file
     */
    public static LvmInit asFound(Path file) {
        return new LvmInit(new Place.File(file.toAbsolutePath(), Optional.empty()), new PoolName(VOLUME_GROUP, POOL));
    }

    /** The same under other names, as {@link LvmThin#pool}. */
    public LvmInit named(String volumeGroup, String name) {
        return new LvmInit(place, new PoolName(volumeGroup, name));
    }

    /** The same for that pool, by its names. */
    public LvmInit of(LvmThin backend) {
        return new LvmInit(place, backend.pool());
    }

    /** The backend for the pool. */
    public LvmThin backend() {
        return LvmThin.pool(pool.volumeGroup(), pool.pool());
    }

    /**
     * Makes the pool, or what of it is not there.
     *
     * @param installation whose it shall be: {@link dev.minions.spi.BackendContext#installation}
     * @return what was done, in a line each for people; empty if all was there
     * @throws MinionsException {@code FOREIGN_INSTALLATION} if it is another's; {@code COMMAND_FAILED} with what LVM
     *     says where the device is in use or holds something; {@code NO_SPACE} if the file does not fit
     */
    public List<String> make(String installation) {
        if (isOutOfReach()) {
            return List.of();
        }
        lvm.require();
        List<String> done = new ArrayList<>();
        boolean attached = isAttached();
        try {
            attach(done);
            if (!isMade(installation, done)) {
                makeOn(device(done), installation, done);
            }
            return List.copyOf(done);
        } catch (RuntimeException e) {
            if (!attached && place instanceof Place.File(Path file, Optional<ByteSize> size)) {
                loops(file).forEach(loop -> run("losetup", "--detach", loop));
            }
            throw e;
        }
    }

    /** Whether a pool is only looked for, on a host that cannot have one. */
    private boolean isOutOfReach() {
        return place instanceof Place.File(Path file, Optional<ByteSize> size)
                && size.isEmpty()
                && Files.notExists(file)
                && !lvm.isThere();
    }

    private boolean isAttached() {
        return place instanceof Place.File(Path file, Optional<ByteSize> size)
                && Files.exists(file)
                && !loops(file).isEmpty();
    }

    /** Gives the file its loop device, if there is a file that has none. */
    private void attach(List<String> done) {
        if (place instanceof Place.File(Path file, Optional<ByteSize> size) && Files.exists(file)) {
            size.ifPresent(wanted -> requireSize(file, wanted));
            boolean attached = isAttached();
            String loop = loop(file);
            if (!attached) {
                done.add("attached " + file + " as " + loop);
            }
        }
    }

    private static void requireSize(Path file, ByteSize wanted) {
        ByteSize found = ByteSize.bytes(file.toFile().length());
        if (!found.equals(wanted)) {
            throw new MinionsException(
                    ErrorCode.WRONG_STATE,
                    "make a thin pool in '" + file + "' of " + wanted + ": it is there, with " + found
                            + "; leave the size as it is, or remove the pool first with 'minions init --undo'");
        }
    }

    /** Whether the pool is there, or is not to be made; brings its devices back if they are not. */
    private boolean isMade(String installation, List<String> done) {
        Optional<LogicalVolume> there = Pool.find(lvm, pool);
        if (there.isEmpty() || (isOnlyLookedFor() && !isOurs(installation))) {
            return isOnlyLookedFor();
        }
        requireOwner(there.get().tags(), installation);
        if (!there.get().active()) {
            lvm.run("vgchange", "--activate", "y", pool.volumeGroup());
            done.add("activated volume group " + pool.volumeGroup());
        }
        return true;
    }

    private boolean isOnlyLookedFor() {
        return place instanceof Place.File(Path file, Optional<ByteSize> size) && size.isEmpty();
    }

    private boolean isOurs(String installation) {
        return group().filter(group -> group.tags().contains(owner(installation)))
                .isPresent();
    }

    private void makeOn(Path device, String installation, List<String> done) {
        Optional<Group> group = group();
        if (group.isPresent()) {
            requireMade(group.get(), installation); // by a run that was cut short
        } else {
            lvm.run("vgcreate", "--addtag", owner(installation), pool.volumeGroup(), device.toString());
            done.add("made volume group " + pool.volumeGroup() + " on " + device);
        }
        makePool(installation);
        done.add("made thin pool " + pool);
    }

    private Path device(List<String> done) {
        return switch (place) {
            case Place.Device(Path device) -> device;
            case Place.File(Path file, Optional<ByteSize> size) -> {
                if (Files.notExists(file)) {
                    allocate(file, size.orElseThrow());
                    done.add("made file " + file + " of " + size.orElseThrow());
                }
                attach(done);
                yield Path.of(loop(file));
            }
        };
    }

    /** The file's loop device, which it has afterwards if it had none. */
    private static String loop(Path file) {
        return run("losetup", "--find", "--show", "--nooverlap", file.toString())
                .strip();
    }

    private static void allocate(Path file, ByteSize size) {
        try {
            Files.createFile(file);
            HostCommand.Result result = HostCommand.of(
                            "fallocate", "--length", Long.toString(size.bytes()), file.toString())
                    .within(LIMIT)
                    .outcome();
            if (!result.succeeded()) {
                Files.delete(file);
                throw new MinionsException(
                        ErrorCode.NO_SPACE,
                        "make '" + file + "' of " + size + ": "
                                + result.stderr().strip());
            }
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "make '" + file + "': " + e, e);
        }
    }

    private static List<String> loops(Path file) {
        return run("losetup", "--noheadings", "--output", "NAME", "--associated", file.toString())
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private void makePool(String installation) {
        ByteSize room = group().orElseThrow().free();
        ByteSize wanted = ByteSize.bytes(room.bytes() / BYTES_OF_A_METADATA_BYTE);
        ByteSize least = wanted.compareTo(LEAST_METADATA) < 0 ? LEAST_METADATA : wanted;
        ByteSize metadata = least.compareTo(MOST_METADATA) > 0 ? MOST_METADATA : least;
        // LVM keeps as much again as the metadata takes, to repair it.
        ByteSize data = ByteSize.bytes(room.minus(metadata).minus(metadata).bytes() / PERCENT * SHARE);
        lvm.run(
                "lvcreate",
                "-qq",
                "--type",
                "thin-pool",
                "--size",
                data.toMib() + "m",
                "--chunksize",
                BLOCK,
                "--poolmetadatasize",
                metadata.toMib() + "m",
                "--discards",
                "passdown",
                "--zero",
                "y", // a block that another guest wrote to shows it nothing
                "--addtag",
                owner(installation),
                "--name",
                pool.pool(),
                pool.volumeGroup());
    }

    /**
     * Removes the pool, its group and its file. A pool or group that was not made by {@link #make} stays.
     *
     * @return what was done, in a line each for people
     * @throws MinionsException {@code WRONG_STATE} if it holds volumes or snapshots; {@code FOREIGN_INSTALLATION} if it
     *     is another's
     */
    public List<String> undo(String installation) {
        if (isOutOfReach()) {
            return List.of();
        }
        requireUnused(installation);
        List<String> done = new ArrayList<>();
        group().filter(group -> group.tags().contains(owner(installation))).ifPresent(group -> {
            lvm.run("vgremove", "-qq", "--force", "--yes", pool.volumeGroup());
            done.add("removed volume group " + pool.volumeGroup());
            for (String device : group.devices()) {
                lvm.run("pvremove", "-qq", "--yes", device);
            }
        });
        if (place instanceof Place.File(Path file, Optional<ByteSize> size) && Files.exists(file)) {
            for (String loop : loops(file)) {
                run("losetup", "--detach", loop);
            }
            try {
                Files.delete(file);
            } catch (IOException e) {
                throw new MinionsException(ErrorCode.IO_ERROR, "remove '" + file + "': " + e, e);
            }
            done.add("removed file " + file);
        }
        return List.copyOf(done);
    }

    /**
     * Looks whether {@link #undo} would remove it all, and removes nothing.
     *
     * @throws MinionsException as {@link #undo}
     */
    public void requireUnused(String installation) {
        if (isOutOfReach()) {
            return;
        }
        lvm.require();
        attach(new ArrayList<>()); // what is not attached has volumes that nobody sees
        Optional<Group> group = group();
        if (group.isEmpty() || (isOnlyLookedFor() && !isOurs(installation))) {
            return;
        }
        requireMade(group.get(), installation);
        requireEmpty();
    }

    /** Copies of images may go: they can be made again. */
    private void requireEmpty() {
        List<String> left = LogicalVolume.parse(lvm.run("lvs", LogicalVolume.reportOf(pool.volumeGroup()))).stream()
                .map(LogicalVolume::name)
                .filter(name -> !name.equals(pool.pool()) && !Names.isImage(name))
                .toList();
        if (!left.isEmpty()) {
            throw new MinionsException(
                    ErrorCode.WRONG_STATE,
                    "remove volume group '" + pool.volumeGroup() + "': it holds " + left.size() + " volumes, such as '"
                            + left.get(0) + "'; destroy their VMs first");
        }
    }

    /**
     * The volume group.
     *
     * @param tags what it is tagged with
     * @param free what of it is not given away
     * @param devices what it lies on
     */
    private record Group(List<String> tags, ByteSize free, List<String> devices) {}

    private Optional<Group> group() {
        String selection = "vg_name=" + pool.volumeGroup();
        List<String> devices = lvm.run("pvs", "--noheadings", "-o", "pv_name", "--select", selection)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        return lvm.run(
                        "vgs",
                        "--noheadings",
                        "--units",
                        "b",
                        "--nosuffix",
                        "--separator",
                        "|",
                        "-o",
                        "vg_free,vg_tags",
                        "--select",
                        selection)
                .lines()
                .map(line -> line.strip().split("\\|", -1))
                .filter(fields -> fields.length == 2)
                .map(fields -> new Group(
                        List.of(fields[1].split(",", -1)), ByteSize.bytes(Long.parseLong(fields[0])), devices))
                .findFirst();
    }

    private void requireMade(Group group, String installation) {
        if (group.tags().stream().noneMatch(tag -> tag.startsWith(Names.OWNER))) {
            throw new MinionsException(
                    ErrorCode.WRONG_STATE,
                    "use volume group '" + pool.volumeGroup()
                            + "': it was not made by Minions; name another, or make a thin pool '" + pool.pool()
                            + "' in it with lvcreate");
        }
        requireOwner(group.tags(), installation);
    }

    private void requireOwner(List<String> tags, String installation) {
        List<String> owners =
                tags.stream().filter(tag -> tag.startsWith(Names.OWNER)).toList();
        if (!owners.isEmpty() && !owners.equals(List.of(owner(installation)))) {
            throw new MinionsException(
                    ErrorCode.FOREIGN_INSTALLATION,
                    "use thin pool '" + pool + "': it belongs to another installation, " + String.join(", ", owners)
                            + ", and this one is " + installation + "; name another volume group");
        }
    }

    private static String owner(String installation) {
        return Names.OWNER + installation;
    }

    private static String run(String program, String... arguments) {
        List<String> argv = new ArrayList<>(List.of(program));
        argv.addAll(List.of(arguments));
        return HostCommand.of(argv).within(LIMIT).run().stdout();
    }
}
