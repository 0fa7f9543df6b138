package dev.minions.core.volume;

import dev.minions.ByteSize;
import dev.minions.HostReport;
import dev.minions.ProgressListener;
import dev.minions.VmId;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.Volume;
import dev.minions.spi.VolumeBackend;
import dev.minions.spi.VolumeId;
import dev.minions.spi.VolumeSnapshots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Disks as files beside everything else of their VM: {@code vms/<id>/root.raw}, {@code vms/<id>/root.qcow2}.
 *
 * <p>An image is cloned by the cheapest way there is: a reflink where the file system has it, else an empty layer on
 * the image where the hypervisor takes that, else a copy without its zeros. A layer finds its image through a link
 * beside it, {@code root.base}, in a directory that the VMM cannot write to; a layer that names anything else was
 * tampered with and is not opened. Snapshots and copies are made by the first and the last of these ways.
 */
public final class DirectoryVolumes implements VolumeBackend {
    /** Its id in configuration files and in the journal. */
    public static final BackendId ID = BackendId.of("directory");

    private final VolumeFiles files;
    private final Set<DiskFormat> formats;
    private final Cloning cloning;
    private final FileSnapshots snapshots;

    private DirectoryVolumes(Path dataDirectory, Set<DiskFormat> formats) {
        files = new VolumeFiles(dataDirectory.resolve("vms"));
        this.formats = Set.copyOf(formats);
        Reflinks reflinks = new Reflinks();
        cloning = new Cloning(files, reflinks, formats.contains(DiskFormat.QCOW2));
        snapshots = new FileSnapshots(files, reflinks);
    }

    /**
     * Volumes in the data directory.
     *
     * @param formats the formats that the hypervisor takes; with {@link DiskFormat#RAW} alone, an image is copied where
     *     the file system has no reflinks
     * @throws IllegalArgumentException if {@link DiskFormat#RAW} is not among them
     */
    public static BackendFactory<VolumeBackend> factory(Set<DiskFormat> formats) {
        if (!formats.contains(DiskFormat.RAW)) {
            throw new IllegalArgumentException("volumes in a directory need a hypervisor that takes raw disks");
        }
        return new Factory(formats);
    }

    private record Factory(Set<DiskFormat> formats) implements BackendFactory<VolumeBackend> {
        Factory {
            formats = Set.copyOf(formats);
        }

        @Override
        public BackendId id() {
            return ID;
        }

        @Override
        public List<HostReport.Finding> probe() {
            String how = formats.contains(DiskFormat.QCOW2)
                    ? "an image is cloned by reflink where the file system has it, else by a layer on it"
                    : "an image is cloned by reflink where the file system has it, else by a copy";
            return List.of(HostReport.Finding.ok("volumes", "files in the data directory; " + how));
        }

        @Override
        public VolumeBackend open(BackendContext context) {
            return new DirectoryVolumes(context.dataDirectory(), formats);
        }
    }

    @Override
    public BackendId id() {
        return ID;
    }

    @Override
    public String configuration() {
        return "";
    }

    @Override
    public String description() {
        return "files in '" + files.root() + "'";
    }

    @Override
    public Set<DiskFormat> formats() {
        return formats;
    }

    @Override
    public Volume clone(VolumeId id, BaseImage base, ByteSize size, ProgressListener progress) {
        if (size.compareTo(base.size()) < 0) {
            throw new IllegalArgumentException(
                    "volume '" + id + "' of " + size + " is too small for an image of " + base.size());
        }
        return make("clone", id, size, () -> cloning.make(id, base, size, progress));
    }

    @Override
    public Volume create(VolumeId id, ByteSize size) {
        return make("create", id, size, () -> files.makeEmpty(id, size));
    }

    private Volume make(String verb, VolumeId id, ByteSize size, Action action) {
        return Attempt.to(verb, id, () -> {
            Optional<Volume> there = files.find(id);
            if (there.isEmpty()) {
                files.prepare(id);
                action.run();
                there = files.find(id);
            }
            Volume volume = there.orElseThrow(() -> new IOException("it is gone again"));
            if (!volume.size().equals(size)) {
                throw new MinionsException(
                        ErrorCode.WRONG_STATE,
                        verb + " volume '" + id + "' of " + size + ": it is there already, with " + volume.size());
            }
            return volume;
        });
    }

    @Override
    public Optional<Volume> find(VolumeId id) {
        return Attempt.to("find", id, () -> files.find(id));
    }

    @Override
    public List<Volume> list() {
        List<Volume> volumes = new ArrayList<>();
        try {
            for (Path directory : files.directories()) {
                VmId vm = VmId.of(directory.getFileName().toString());
                for (String role : files.roles(directory)) {
                    find(new VolumeId(vm, role)).ifPresent(volumes::add);
                }
            }
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "list volumes in '" + files.root() + "': " + e, e);
        }
        return List.copyOf(volumes);
    }

    @Override
    public Volume grow(VolumeId id, ByteSize size) {
        return Attempt.to("grow", id, () -> {
            Volume volume = files.find(id)
                    .orElseThrow(() ->
                            new MinionsException(ErrorCode.PATH_NOT_FOUND, "grow volume '" + id + "': there is none"));
            if (size.compareTo(volume.size()) < 0) {
                throw new MinionsException(
                        ErrorCode.NOT_SUPPORTED,
                        "grow volume '" + id + "' to " + size + ": it has " + volume.size()
                                + ", and a disk is never made smaller");
            }
            files.grow(volume, size);
            return files.find(id).orElse(volume);
        });
    }

    @Override
    public void delete(VolumeId id) {
        Attempt.to("delete", id, () -> {
            files.delete(id);
            return id;
        });
    }

    @Override
    public Optional<VolumeSnapshots> snapshots() {
        return Optional.of(snapshots);
    }

    @Override
    public void close() {
        // There is nothing that it holds open between calls.
    }

    /** Something that makes a volume. */
    @FunctionalInterface
    private interface Action {
        void run() throws IOException;
    }
}
