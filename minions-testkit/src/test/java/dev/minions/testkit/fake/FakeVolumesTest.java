package dev.minions.testkit.fake;

import dev.minions.ByteSize;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.VolumeBackend;
import dev.minions.spi.VolumeId;
import dev.minions.testkit.VolumeBackendContract;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;

class FakeVolumesTest extends VolumeBackendContract {
    private final FakeHost host = new FakeHost().capacity(ByteSize.gib(1));

    @Override
    protected BackendFactory<VolumeBackend> factory() {
        return FakeVolumes.on(host.anotherProcess());
    }

    @Override
    protected void leaveHalfMade(BackendContext context, VolumeId id) throws IOException {
        Files.writeString(context.dataDirectory().resolve("volumes").resolve(id + ".part"), "half a disk");
    }

    @Override
    protected Optional<ByteSize> tooLarge() {
        return Optional.of(ByteSize.gib(2));
    }
}
