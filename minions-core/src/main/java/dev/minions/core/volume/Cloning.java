package dev.minions.core.volume;

import dev.minions.ByteSize;
import dev.minions.ProgressListener;
import dev.minions.core.file.DurableFiles;
import dev.minions.spi.VolumeBackend.BaseImage;
import dev.minions.spi.VolumeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Makes a volume that begins with an image's content, by the cheapest way that there is. */
final class Cloning {
    private final VolumeFiles files;
    private final boolean layers;
    private final Reflinks reflinks;

    Cloning(VolumeFiles files, Reflinks reflinks, boolean layers) {
        this.files = files;
        this.reflinks = reflinks;
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
        String name = files.link(id, base.disk());
        files.make(files.layer(id), temporary -> Qcow2.create(temporary, name, size));
    }

    private void copy(VolumeId id, BaseImage base, ByteSize size, ProgressListener progress) throws IOException {
        Space.requireForCopy("clone volume '" + id + "'", base.disk(), files.directory(id));
        files.make(files.raw(id), temporary -> {
            SparseCopy.copy(base.disk(), temporary, progress);
            Lengths.extend(temporary, size);
        });
    }
}
