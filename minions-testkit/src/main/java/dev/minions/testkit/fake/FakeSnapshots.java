package dev.minions.testkit.fake;

import dev.minions.ByteSize;
import dev.minions.ProgressListener;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.Volume;
import dev.minions.spi.VolumeId;
import dev.minions.spi.VolumeSnapshots;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Snapshots that are copies beside the volumes of {@link FakeVolumes}. */
final class FakeSnapshots implements VolumeSnapshots {
    /** What stands between the volume's name and the snapshot's id. */
    static final String MARK = "@";

    private static final String PREPARED = ".restore";
    private static final String HALF_MADE = ".part";

    private final FakeHost host;
    private final FakeVolumes volumes;

    FakeSnapshots(FakeHost host, FakeVolumes volumes) {
        this.host = host;
        this.volumes = volumes;
    }

    @Override
    public void create(VolumeId volume, String snapshot, Runnable read) {
        Path file = file(volume, snapshot);
        host.process().call(FakeCall.SNAPSHOT_CREATE, () -> touch(half(file)), () -> {
            if (Files.exists(file)) {
                read.run();
            } else {
                duplicate(volume, require(volume).path(), file, read);
            }
            return true;
        });
    }

    private void duplicate(VolumeId volume, Path source, Path file, Runnable read) {
        Path half = half(file);
        try {
            volumes.requireRoom(volume, ByteSize.bytes(Files.size(source)));
            Files.copy(source, half, StandardCopyOption.REPLACE_EXISTING);
            read.run();
            Files.setLastModifiedTime(half, FileTime.from(Instant.now()));
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            remove(half);
        }
    }

    @Override
    public List<String> list(VolumeId volume) {
        return host.process()
                .call(
                        FakeCall.VOLUME_READ,
                        () -> files(volume).stream()
                                .sorted(Comparator.comparing(FakeSnapshots::modified))
                                .map(file -> String.valueOf(file.getFileName()))
                                .filter(name -> !name.endsWith(PREPARED) && !name.endsWith(HALF_MADE))
                                .map(name -> name.substring(name.indexOf(MARK) + MARK.length()))
                                .toList());
    }

    @Override
    public void prepare(VolumeId volume, String snapshot) {
        Path prepared = prepared(volume, snapshot);
        host.process().call(FakeCall.SNAPSHOT_PREPARE, () -> touch(half(prepared)), () -> {
            require(volume, snapshot);
            if (!Files.exists(prepared)) {
                duplicate(volume, file(volume, snapshot), prepared, () -> {});
            }
            return true;
        });
    }

    @Override
    public void discard(VolumeId volume, String snapshot) {
        host.process().call(FakeCall.SNAPSHOT_RESTORE, () -> {
            remove(half(prepared(volume, snapshot)));
            remove(prepared(volume, snapshot));
            return true;
        });
    }

    @Override
    public void replace(VolumeId volume, String snapshot) {
        host.process().call(FakeCall.SNAPSHOT_RESTORE, () -> {
            Path prepared = prepared(volume, snapshot);
            if (Files.exists(prepared)) {
                move(prepared, volumes.path(volume));
            }
            return true;
        });
    }

    @Override
    public Volume restore(VolumeId volume, String snapshot) {
        prepare(volume, snapshot);
        replace(volume, snapshot);
        return require(volume);
    }

    @Override
    public void delete(VolumeId volume, String snapshot) {
        host.process().call(FakeCall.SNAPSHOT_DELETE, () -> {
            remove(half(file(volume, snapshot)));
            remove(file(volume, snapshot));
            return true;
        });
    }

    void deleteAll(VolumeId volume) {
        files(volume).forEach(FakeSnapshots::remove);
    }

    @Override
    public Volume copy(VolumeId volume, VolumeId copy, Runnable read, ProgressListener progress) {
        return host.process().call(FakeCall.VOLUME_COPY, () -> touch(volumes.half(copy)), () -> {
            Volume source = require(volume);
            var there = volumes.volume(copy);
            if (there.isPresent()) {
                read.run();
                return FakeVolumes.requireSize(there.get(), source.size());
            }
            progress.step("copying disk");
            duplicate(copy, source.path(), volumes.path(copy), read);
            return require(copy);
        });
    }

    private Volume require(VolumeId volume) {
        return volumes.volume(volume)
                .orElseThrow(() -> new MinionsException(
                        ErrorCode.PATH_NOT_FOUND, "volume '" + volume + "' is not in " + volumes.directory()));
    }

    private void require(VolumeId volume, String snapshot) {
        if (!Files.exists(file(volume, snapshot))) {
            throw new MinionsException(
                    ErrorCode.PATH_NOT_FOUND, "snapshot '" + snapshot + "' of volume '" + volume + "' is not there");
        }
    }

    private Path file(VolumeId volume, String snapshot) {
        return volumes.directory().resolve(volume + MARK + snapshot);
    }

    private Path prepared(VolumeId volume, String snapshot) {
        return volumes.directory().resolve(volume + MARK + snapshot + PREPARED);
    }

    private static Path half(Path file) {
        return file.resolveSibling(file.getFileName() + HALF_MADE);
    }

    private List<Path> files(VolumeId volume) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(volumes.directory(), volume + MARK + "*")) {
            files.forEach(found::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void touch(Path file) {
        try {
            Files.write(file, new byte[1]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
