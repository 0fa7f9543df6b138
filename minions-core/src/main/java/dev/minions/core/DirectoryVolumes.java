package dev.minions.core;

import dev.minions.core.volume.DirectoryVolumesFactory;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.VolumeBackend;

/**
 * Disks as files in the data directory. A clone is a reflink where the file system has them; else a copy-on-write file
 * on the image, which is as quick; else a sparse copy.
 */
public final class DirectoryVolumes {
    private DirectoryVolumes() {}

    /** Disks in {@code vms/<id>/} of the data directory. */
    public static BackendFactory<VolumeBackend> inDataDirectory() {
        return new DirectoryVolumesFactory();
    }
}
