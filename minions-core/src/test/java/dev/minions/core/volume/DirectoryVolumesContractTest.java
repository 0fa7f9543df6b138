package dev.minions.core.volume;

import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.VolumeBackend;
import dev.minions.spi.VolumeId;
import dev.minions.testkit.VolumeBackendContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Nested;

/** The contract, with and without layers. */
class DirectoryVolumesContractTest {
    @Nested
    class WithLayers extends VolumeBackendContract {
        @Override
        protected BackendFactory<VolumeBackend> factory() {
            return DirectoryVolumes.factory(Set.of(DiskFormat.RAW, DiskFormat.QCOW2));
        }

        @Override
        protected void leaveHalfMade(BackendContext context, VolumeId id) throws IOException {
            leave(context, id);
        }
    }

    @Nested
    class WithCopies extends VolumeBackendContract {
        @Override
        protected BackendFactory<VolumeBackend> factory() {
            return DirectoryVolumes.factory(Set.of(DiskFormat.RAW));
        }

        @Override
        protected void leaveHalfMade(BackendContext context, VolumeId id) throws IOException {
            leave(context, id);
        }
    }

    /** What is left by a kill in the middle of a copy, in that of a layer, and between a layer's link and the layer. */
    private static void leave(BackendContext context, VolumeId id) throws IOException {
        Path directory = context.dataDirectory().resolve("vms/" + id.vm());
        Files.writeString(directory.resolve("." + id.role() + ".raw.1.tmp"), "half a disk");
        Files.writeString(directory.resolve("." + id.role() + ".qcow2.2.tmp"), "QFI");
        Files.createSymbolicLink(directory.resolve(id.role() + ".base"), Path.of("../../elsewhere"));
    }
}
