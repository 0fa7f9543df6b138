package org.example.volumes;

import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.VolumeBackend;
import dev.minions.spi.VolumeId;
import dev.minions.testkit.VolumeBackendContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FlatVolumesTest extends VolumeBackendContract {
    @TempDir
    Path directory;

    @Override
    protected BackendFactory<VolumeBackend> factory() {
        return FlatVolumes.in(directory);
    }

    @Override
    protected void leaveHalfMade(BackendContext context, VolumeId id) throws IOException {
        Files.write(directory.resolve(id + ".half"), new byte[4096]);
    }
}
