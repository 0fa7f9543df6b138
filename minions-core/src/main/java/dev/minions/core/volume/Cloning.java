package dev.minions.core.volume;

import dev.minions.ByteSize;
import dev.minions.ProgressListener;
import dev.minions.core.file.DurableFiles;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.VolumeBackend.BaseImage;
import dev.minions.spi.VolumeId;
import dev.minions.spi.process.HostCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Makes a volume that begins with an image's content, by the cheapest way that there is. */
final class Cloning {
    private static final int BLOCK = 512;

    private final VolumeFiles files;
    private final boolean layers;
    private final Reflinks reflinks = new Reflinks();

    Cloning(VolumeFiles files, boolean layers) {
        this.files = files;
        this.layers = layers;
    }

    void make(VolumeId id, BaseImage base, ByteSize size, ProgressListener progress) throws IOException {
        if (tryReflink(id, base, size)) {
            return;
        }
        if (layers && size.compareTo(Qcow2.LARGEST) <= 0) {
            layer(id, base, size);
        } else {
            copy(id, base, size, progress);
        }
    }

    private boolean tryReflink(VolumeId id, BaseImage base, ByteSize size) throws IOException {
        Path file = files.raw(id);
        Path temporary = DurableFiles.temporaryBeside(file);
        try {
            if (!reflinks.tryClone(base.disk(), temporary)) {
                return false;
            }
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-------"));
            Lengths.extend(temporary, size);
            DurableFiles.publish(temporary, file);
            return true;
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private void layer(VolumeId id, BaseImage base, ByteSize size) throws IOException {
        Path link = files.base(id);
        Path directory = files.directory(id).toRealPath();
        // Relative, so that a data directory can be moved as a whole.
        Path target = directory.relativize(base.disk().toRealPath());
        Path temporaryLink = DurableFiles.temporaryBeside(link);
        Files.createSymbolicLink(temporaryLink, target);
        Files.move(temporaryLink, link, StandardCopyOption.ATOMIC_MOVE); // made durable together with the layer
        String name = link.getFileName().toString();
        files.make(files.layer(id), temporary -> Qcow2.create(temporary, name, size));
    }

    private void copy(VolumeId id, BaseImage base, ByteSize size, ProgressListener progress) throws IOException {
        requireSpace(id, base);
        files.make(files.raw(id), temporary -> {
            SparseCopy.copy(base.disk(), temporary, progress);
            Lengths.extend(temporary, size);
        });
    }

    private void requireSpace(VolumeId id, BaseImage base) throws IOException {
        // Java does not show how many blocks a file has.
        String blocks = HostCommand.of("stat", "--format=%b", "--", base.disk().toString())
                .run()
                .stdout()
                .strip();
        ByteSize needed = ByteSize.bytes(
                Math.min(Long.parseLong(blocks) * BLOCK, base.size().bytes()));
        ByteSize free = ByteSize.bytes(Files.getFileStore(files.directory(id)).getUsableSpace());
        if (free.compareTo(needed) < 0) {
            throw new MinionsException(
                    ErrorCode.NO_SPACE,
                    "clone volume '" + id + "': " + needed + " needed for a copy of the image, " + free + " free in '"
                            + files.root() + "'; free some");
        }
    }
}
