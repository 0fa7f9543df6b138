package org.example.volumes;

import dev.minions.ByteSize;
import dev.minions.HostReport.Finding;
import dev.minions.Progress;
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
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Disks as plain files in one flat directory, each a whole copy: about the least a volume backend can be. It remembers
 * nothing; what there is, it reads from the directory.
 */
public final class FlatVolumes implements VolumeBackend {
    private static final BackendId ID = BackendId.of("flat");
    private static final String SUFFIX = ".img";
    private static final String HALF = ".half";

    private final Path directory;

    private FlatVolumes(Path directory) {
        this.directory = directory;
    }

    /** Disks in that directory, which is made if it is not there. */
    public static BackendFactory<VolumeBackend> in(Path directory) {
        Path absolute = directory.toAbsolutePath();
        return new BackendFactory<>() {
            @Override
            public BackendId id() {
                return ID;
            }

            @Override
            public List<Finding> probe() {
                return List.of(Finding.ok("flat volumes", "disks are files in " + absolute));
            }

            @Override
            public VolumeBackend open(BackendContext context) {
                try {
                    return new FlatVolumes(Files.createDirectories(absolute));
                } catch (IOException e) {
                    throw failure("make directory '" + absolute + "'", e);
                }
            }
        };
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
        return "whole copies in " + directory;
    }

    @Override
    public Set<DiskFormat> formats() {
        return Set.of(DiskFormat.RAW);
    }

    @Override
    public Volume clone(VolumeId id, BaseImage base, ByteSize size, ProgressListener progress) {
        if (size.compareTo(base.size()) < 0) {
            throw new MinionsException(
                    ErrorCode.NOT_SUPPORTED,
                    "clone volume '" + id + "': " + size + " asked, the image alone has " + base.size());
        }
        return make(id, size, half -> {
            progress.onProgress(Progress.of("copying disk"));
            Files.copy(base.disk(), half, StandardCopyOption.REPLACE_EXISTING);
        });
    }

    @Override
    public Volume create(VolumeId id, ByteSize size) {
        return make(id, size, Files::createFile);
    }

    /** Fills a new file. */
    private interface Filling {
        void fill(Path half) throws IOException;
    }

    /** A volume has its name only when it is whole and on the disk; until then it is a half that delete knows too. */
    private Volume make(VolumeId id, ByteSize size, Filling filling) {
        Optional<Volume> present = find(id);
        if (present.isPresent()) {
            return sameSize(present.get(), size);
        }
        Path half = directory.resolve(id + HALF);
        try {
            requireRoom(id, size);
            Files.deleteIfExists(half);
            filling.fill(half);
            setLength(half, size);
            Files.move(half, file(id), StandardCopyOption.ATOMIC_MOVE);
            sync(directory);
        } catch (IOException e) {
            delete(id); // whole and durable, or not at all
            throw failure("make volume '" + id + "'", e);
        }
        return volume(id, size);
    }

    private static Volume sameSize(Volume present, ByteSize size) {
        if (!present.size().equals(size)) {
            throw new MinionsException(
                    ErrorCode.WRONG_STATE,
                    "make volume '" + present.id() + "': it is there with " + present.size() + ", " + size + " were asked");
        }
        return present;
    }

    private void requireRoom(VolumeId id, ByteSize size) throws IOException {
        ByteSize free = ByteSize.bytes(Files.getFileStore(directory).getUsableSpace());
        if (size.compareTo(free) > 0) {
            throw new MinionsException(
                    ErrorCode.NO_SPACE,
                    "make volume '" + id + "': " + size + " needed, " + free + " free in '" + directory + "'");
        }
    }

    @Override
    public Optional<Volume> find(VolumeId id) {
        try {
            return Optional.of(volume(id, ByteSize.bytes(Files.size(file(id)))));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException e) {
            throw failure("look at volume '" + id + "'", e);
        }
    }

    @Override
    public List<Volume> list() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> Objects.toString(file.getFileName()))
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(FlatVolumes::parse)
                    .flatMap(Optional::stream)
                    .map(this::find)
                    .flatMap(Optional::stream)
                    .toList();
        } catch (IOException e) {
            throw failure("list '" + directory + "'", e);
        }
    }

    private static Optional<VolumeId> parse(String name) {
        int uuid = 36;
        try {
            String role = name.substring(uuid + 1, name.length() - SUFFIX.length());
            return Optional.of(new VolumeId(VmId.of(name.substring(0, uuid)), role));
        } catch (IllegalArgumentException | IndexOutOfBoundsException notOurs) {
            return Optional.empty();
        }
    }

    @Override
    public Volume grow(VolumeId id, ByteSize size) {
        Volume present = find(id).orElseThrow(() -> new MinionsException(
                ErrorCode.PATH_NOT_FOUND, "grow volume '" + id + "': there is no file '" + file(id) + "'"));
        if (size.compareTo(present.size()) < 0) {
            throw new MinionsException(
                    ErrorCode.NOT_SUPPORTED,
                    "grow volume '" + id + "': it has " + present.size() + " and cannot shrink to " + size);
        }
        try {
            requireRoom(id, size.minus(present.size()));
            setLength(file(id), size);
        } catch (IOException e) {
            throw failure("grow volume '" + id + "'", e);
        }
        return volume(id, size);
    }

    @Override
    public void delete(VolumeId id) {
        try {
            Files.deleteIfExists(directory.resolve(id + HALF));
            Files.deleteIfExists(file(id));
        } catch (IOException e) {
            throw failure("delete volume '" + id + "'", e);
        }
    }

    @Override
    public void close() {
        // nothing is held between calls
    }

    private Path file(VolumeId id) {
        return directory.resolve(id + SUFFIX);
    }

    private Volume volume(VolumeId id, ByteSize size) {
        return new Volume(id, file(id), DiskFormat.RAW, size, Optional.empty());
    }

    private static void setLength(Path path, ByteSize size) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(size.bytes());
            file.getFD().sync();
        }
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static MinionsException failure(String what, IOException cause) {
        boolean interrupted = cause instanceof ClosedByInterruptException;
        return new MinionsException(
                interrupted ? ErrorCode.CALL_INTERRUPTED : ErrorCode.IO_ERROR, what + ": " + cause, cause);
    }
}
