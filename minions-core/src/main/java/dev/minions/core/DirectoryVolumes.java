package dev.minions.core;

import dev.minions.spi.Backend;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.BackendProvider;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.VolumeBackend;
import java.util.Map;
import java.util.Set;

/**
 * Disks as files in the data directory. A clone is a reflink where the file system has them; else a copy-on-write file
 * on the image, which is as quick; else a sparse copy.
 */
public final class DirectoryVolumes {
    private DirectoryVolumes() {}

    /** Finds them by the id {@code directory} in a configuration file. They have no settings. */
    public static final class Provider implements BackendProvider {
        /** For {@link java.util.ServiceLoader}. */
        public Provider() {}

        @Override
        public Class<? extends Backend> kind() {
            return VolumeBackend.class;
        }

        @Override
        public BackendId id() {
            return inDataDirectory().id();
        }

        @Override
        public Set<String> settings() {
            return Set.of();
        }

        @Override
        public BackendFactory<?> configure(Map<String, String> values) {
            return inDataDirectory();
        }
    }

    /** Disks in {@code vms/<id>/} of the data directory. */
    public static BackendFactory<VolumeBackend> inDataDirectory() {
        return dev.minions.core.volume.DirectoryVolumes.factory(Set.of(DiskFormat.RAW, DiskFormat.QCOW2));
    }
}
