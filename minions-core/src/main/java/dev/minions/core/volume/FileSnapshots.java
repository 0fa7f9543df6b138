package dev.minions.core.volume;

import dev.minions.ByteSize;
import dev.minions.ProgressListener;
import dev.minions.core.file.DurableFiles;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.Volume;
import dev.minions.spi.VolumeId;
import dev.minions.spi.VolumeSnapshots;
import dev.minions.spi.process.HostCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Snapshots as files beside their volume, {@code root@0123456789ab.raw}: reflinks where the file system has them, else copies
 * with the same holes. A snapshot of a layer is a copy of the layer alone, and stands on the same image.
 */
final class FileSnapshots implements VolumeSnapshots {
    private static final Duration COPY_LIMIT = Duration.ofHours(6);

    private final VolumeFiles files;
    private final Reflinks reflinks;

    FileSnapshots(VolumeFiles files, Reflinks reflinks) {
        this.files = files;
        this.reflinks = reflinks;
    }

    @Override
    public void create(VolumeId volume, String snapshot, Runnable read) {
        Attempt.to("keep", volume, () -> {
            if (files.snapshot(volume, snapshot).isPresent()) {
                read.run();
                return volume;
            }
            Volume kept = require(volume);
            Path file = files.snapshot(volume, snapshot, kept.format());
            duplicate("keep volume '" + volume + "'", kept.path(), file, read, ProgressListener.NONE);
            return volume;
        });
    }

    /** Makes a file with another's content: whole under its name, or not at all. */
    private void duplicate(String what, Path source, Path file, Runnable read, ProgressListener progress)
            throws IOException {
        Path temporary = DurableFiles.temporaryBeside(file);
        try {
            if (!reflinks.tryClone(source, temporary)) {
                Space.requireForCopy(what, source, file.resolveSibling("."));
                progress.step("copying disk");
                copy(source, temporary);
            }
            read.run();
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-------"));
            Files.setLastModifiedTime(temporary, FileTime.from(Instant.now())); // the order of snapshots
            Lengths.extend(temporary, ByteSize.bytes(Files.size(source)));
            DurableFiles.publish(temporary, file);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** By a program, as Java cannot tell where a file has holes, and reading them takes longer than all the rest. */
    private static void copy(Path source, Path target) throws IOException {
        HostCommand.Result result = HostCommand.of(
                        "cp", "--sparse=auto", "--reflink=never", "--", source.toString(), target.toString())
                .within(COPY_LIMIT)
                .outcome();
        if (!result.succeeded()) {
            throw new IOException(result.stderr().strip());
        }
    }

    private Volume require(VolumeId volume) throws IOException {
        return files.find(volume)
                .orElseThrow(() -> new MinionsException(
                        ErrorCode.PATH_NOT_FOUND, "volume '" + volume + "' is not in '" + files.root() + "'"));
    }

    @Override
    public List<String> list(VolumeId volume) {
        return Attempt.to("list snapshots of", volume, () -> files.snapshots(volume));
    }

    @Override
    public void prepare(VolumeId volume, String snapshot) {
        Attempt.to("prepare", volume, () -> {
            Path prepared = files.prepared(volume, snapshot);
            if (!Files.exists(prepared)) {
                duplicate(
                        "restore volume '" + volume + "'",
                        require(volume, snapshot),
                        prepared,
                        () -> {},
                        ProgressListener.NONE);
            }
            return volume;
        });
    }

    private Path require(VolumeId volume, String snapshot) throws IOException {
        return files.snapshot(volume, snapshot)
                .orElseThrow(() -> new MinionsException(
                        ErrorCode.PATH_NOT_FOUND,
                        "snapshot '" + snapshot + "' of volume '" + volume + "' is not in '" + files.root() + "'"));
    }

    @Override
    public void discard(VolumeId volume, String snapshot) {
        Attempt.to("discard", volume, () -> {
            files.sweep(volume, snapshot);
            return Files.deleteIfExists(files.prepared(volume, snapshot));
        });
    }

    @Override
    public void replace(VolumeId volume, String snapshot) {
        Attempt.to("restore", volume, () -> {
            Path prepared = files.prepared(volume, snapshot);
            if (Files.exists(prepared)) {
                boolean layer = VolumeFiles.isLayer(require(volume, snapshot));
                DurableFiles.publish(prepared, layer ? files.layer(volume) : files.raw(volume));
            }
            return volume;
        });
    }

    @Override
    public Volume restore(VolumeId volume, String snapshot) {
        prepare(volume, snapshot);
        replace(volume, snapshot);
        return Attempt.to("restore", volume, () -> require(volume));
    }

    @Override
    public void delete(VolumeId volume, String snapshot) {
        Attempt.to("delete snapshot of", volume, () -> {
            files.sweep(volume, snapshot);
            Optional<Path> file = files.snapshot(volume, snapshot);
            if (file.isPresent() && Files.deleteIfExists(file.get())) {
                DurableFiles.sync(files.directory(volume));
            }
            return volume;
        });
    }

    @Override
    public Volume copy(VolumeId volume, VolumeId copy, Runnable read, ProgressListener progress) {
        return Attempt.to("copy", volume, () -> {
            Volume source = require(volume);
            Optional<Volume> there = files.find(copy);
            if (there.isPresent()) {
                return requireSameSize(source, there.get(), read);
            }
            files.prepare(copy);
            if (source.base().isPresent()) {
                requireSameRole(volume, copy);
                files.link(copy, source.base().get());
            }
            Path file = source.format() == DiskFormat.QCOW2 ? files.layer(copy) : files.raw(copy);
            duplicate("copy volume '" + volume + "'", source.path(), file, read, progress);
            return require(copy);
        });
    }

    /** A layer names its link, which is called after its role. */
    private static void requireSameRole(VolumeId volume, VolumeId copy) {
        if (!volume.role().equals(copy.role())) {
            throw new IllegalArgumentException(
                    "a layer is copied to a volume of its own role, got '" + volume + "' and '" + copy + "'");
        }
    }

    private static Volume requireSameSize(Volume source, Volume there, Runnable read) {
        if (!there.size().equals(source.size())) {
            throw new MinionsException(
                    ErrorCode.WRONG_STATE,
                    "copy volume '" + source.id() + "' of " + source.size() + ": '" + there.id()
                            + "' is there already, with " + there.size());
        }
        read.run();
        return there;
    }
}
