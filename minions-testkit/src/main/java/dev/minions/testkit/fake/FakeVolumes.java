package dev.minions.testkit.fake;

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
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Volumes that are sparse files in {@code volumes/} of the data directory. Passes {@code VolumeBackendContract}. What
 * goes wrong, and how much room there is, the {@link FakeHost} says; nothing is forced to the disk.
 */
public final class FakeVolumes implements VolumeBackend {
    private static final BackendId ID = BackendId.of("fake-volumes");
    private static final String HALF_MADE = ".part";
    private static final int VM_ID_LENGTH = 36;

    private final FakeHost host;
    private final Path directory;

    private FakeVolumes(FakeHost host, Path directory) {
        this.host = host;
        this.directory = directory;
    }

    /** What opens volumes in the process of that host, in the data directory it is opened for. */
    public static BackendFactory<VolumeBackend> on(FakeHost host) {
        return new Factory(host);
    }

    private record Factory(FakeHost host) implements BackendFactory<VolumeBackend> {
        @Override
        public BackendId id() {
            return ID;
        }

        @Override
        public List<HostReport.Finding> probe() {
            return List.of(HostReport.Finding.ok("fake volumes", "always work"));
        }

        @Override
        public VolumeBackend open(BackendContext context) {
            Path directory = context.dataDirectory().resolve("volumes");
            try {
                if (Files.isDirectory(context.dataDirectory())) {
                    Files.createDirectories(directory);
                }
            } catch (IOException e) {
                throw new MinionsException(ErrorCode.IO_ERROR, "make '" + directory + "': " + e, e);
            }
            return new FakeVolumes(host, directory);
        }
    }

    @Override
    public BackendId id() {
        return ID;
    }

    @Override
    public String configuration() {
        return directory.toString();
    }

    @Override
    public String description() {
        return "fake volumes in '" + directory + "'";
    }

    @Override
    public Set<DiskFormat> formats() {
        return Set.of(DiskFormat.RAW);
    }

    @Override
    public Volume clone(VolumeId id, BaseImage base, ByteSize size, ProgressListener progress) {
        if (size.compareTo(base.size()) < 0) {
            throw new IllegalArgumentException("clone volume '" + id + "': " + size + " asked, the image has "
                    + base.size() + "; ask for as much or more");
        }
        return make(FakeCall.VOLUME_CLONE, id, size, () -> {
            progress.step("cloning disk");
            try {
                Files.copy(base.disk(), half(id), StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Override
    public Volume create(VolumeId id, ByteSize size) {
        return make(FakeCall.VOLUME_CREATE, id, size, () -> {});
    }

    private Volume make(FakeCall call, VolumeId id, ByteSize size, Runnable fill) {
        return host.process()
                .call(
                        call,
                        () -> resize(half(id), size),
                        () -> io("make volume '" + id + "'", () -> {
                            Optional<Volume> there = volume(id);
                            if (there.isPresent()) {
                                return requireSize(there.get(), size);
                            }
                            requireRoom(id, size);
                            try {
                                Files.deleteIfExists(half(id));
                                fill.run();
                                resize(half(id), size);
                                Files.move(half(id), path(id), StandardCopyOption.ATOMIC_MOVE);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            } finally {
                                removeHalf(id);
                            }
                            return volume(id).orElseThrow();
                        }));
    }

    static Volume requireSize(Volume volume, ByteSize size) {
        if (!volume.size().equals(size)) {
            throw new MinionsException(
                    ErrorCode.WRONG_STATE,
                    "make volume '" + volume.id() + "': it is there with " + volume.size() + ", not " + size);
        }
        return volume;
    }

    void requireRoom(VolumeId id, ByteSize more) {
        ByteSize used = volumes().stream().map(Volume::size).reduce(ByteSize.ZERO, ByteSize::plus);
        ByteSize free = host.world().capacity().minus(used);
        if (more.compareTo(free) > 0) {
            throw new MinionsException(
                    ErrorCode.NO_SPACE, "make volume '" + id + "': " + more + " needed, " + free + " free");
        }
    }

    @Override
    public Optional<Volume> find(VolumeId id) {
        return host.process().call(FakeCall.VOLUME_READ, () -> volume(id));
    }

    @Override
    public List<Volume> list() {
        return host.process().call(FakeCall.VOLUME_READ, this::volumes);
    }

    @Override
    public Volume grow(VolumeId id, ByteSize size) {
        return host.process()
                .call(
                        FakeCall.VOLUME_GROW,
                        () -> io("grow volume '" + id + "'", () -> {
                            Volume volume = volume(id)
                                    .orElseThrow(() -> new MinionsException(
                                            ErrorCode.PATH_NOT_FOUND,
                                            "grow volume '" + id + "': there is none in " + directory));
                            if (size.compareTo(volume.size()) < 0) {
                                throw new MinionsException(
                                        ErrorCode.NOT_SUPPORTED,
                                        "grow volume '" + id + "': it has " + volume.size() + ", and " + size
                                                + " is less");
                            }
                            requireRoom(id, size.minus(volume.size()));
                            resize(volume.path(), size);
                            return volume(id).orElseThrow();
                        }));
    }

    @Override
    public Optional<VolumeSnapshots> snapshots() {
        return Optional.of(new FakeSnapshots(host, this));
    }

    @Override
    public void delete(VolumeId id) {
        host.process().call(FakeCall.VOLUME_DELETE, () -> removeHalf(id), () -> {
            removeHalf(id);
            new FakeSnapshots(host, this).deleteAll(id);
            try {
                return Files.deleteIfExists(path(id));
            } catch (IOException e) {
                throw new MinionsException(ErrorCode.IO_ERROR, "delete volume '" + id + "': " + e, e);
            }
        });
    }

    @Override
    public void close() {
        // nothing is held: the volumes are files
    }

    Path path(VolumeId id) {
        return directory.resolve(id.toString());
    }

    Path half(VolumeId id) {
        return directory.resolve(id + HALF_MADE);
    }

    void removeHalf(VolumeId id) {
        try {
            Files.deleteIfExists(half(id));
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "remove '" + half(id) + "': " + e, e);
        }
    }

    private static void resize(Path file, ByteSize size) {
        try (var open = new RandomAccessFile(file.toFile(), "rw")) {
            if (open.length() < size.bytes()) {
                open.setLength(size.bytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Optional<Volume> volume(VolumeId id) {
        Path path = path(id);
        try {
            return Files.exists(path)
                    ? Optional.of(
                            new Volume(id, path, DiskFormat.RAW, ByteSize.bytes(Files.size(path)), Optional.empty()))
                    : Optional.empty();
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "look at volume '" + id + "': " + e, e);
        }
    }

    private List<Volume> volumes() {
        List<Volume> found = new ArrayList<>();
        try (var files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                if (!name.endsWith(HALF_MADE) && !name.contains(FakeSnapshots.MARK)) {
                    volume(new VolumeId(VmId.of(name.substring(0, VM_ID_LENGTH)), name.substring(VM_ID_LENGTH + 1)))
                            .ifPresent(found::add);
                }
            }
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "list '" + directory + "': " + e, e);
        }
        found.sort(Comparator.comparing(volume -> volume.id().toString()));
        return found;
    }

    Path directory() {
        return directory;
    }

    private static <T> T io(String what, Supplier<T> body) {
        try {
            return body.get();
        } catch (UncheckedIOException e) {
            ErrorCode code = e.getCause() instanceof ClosedByInterruptException
                    ? ErrorCode.CALL_INTERRUPTED
                    : ErrorCode.IO_ERROR;
            throw new MinionsException(code, what + ": " + e.getMessage(), e);
        }
    }
}
