package dev.minions.testkit;

import dev.minions.ByteSize;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.VolumeBackend;
import dev.minions.spi.VolumeId;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Nested;

/**
 * What every {@link VolumeBackend} promises. Volumes of up to 128 MiB are made, at most eight at a time, of which
 * next to nothing is written.
 *
 * {@snippet :
 * class MyVolumesTest extends VolumeBackendContract {
 *     @Override
 *     protected BackendFactory<VolumeBackend> factory() {
 *         return MyVolumes.onThisHost();
 *     }
 *
 *     @Override
 *     protected void leaveHalfMade(BackendContext context, VolumeId id) throws IOException {
 *         Files.writeString(context.dataDirectory().resolve("my-volumes/" + id + ".part"), "half a disk");
 *     }
 * }
 * }
 */
public abstract class VolumeBackendContract {
    /** For subclasses. */
    protected VolumeBackendContract() {}

    /** What opens the backend. It is opened several times in a test, as a restarted process would. */
    protected abstract BackendFactory<VolumeBackend> factory();

    /**
     * Leaves on the host what a process leaves that is killed in the middle of making this volume.
     *
     * @param context what the backend is opened for
     */
    protected abstract void leaveHalfMade(BackendContext context, VolumeId id) throws IOException;

    /**
     * A size that the host has no room for, if there is one.
     *
     * @return empty where a volume may be larger than the room that is left; then the test of it is skipped
     */
    protected Optional<ByteSize> tooLarge() {
        return Optional.empty();
    }

    private VolumeCase.Host host() {
        return new VolumeCase.Host() {
            @Override
            public BackendFactory<VolumeBackend> factory() {
                return VolumeBackendContract.this.factory();
            }

            @Override
            public void leaveHalfMade(BackendContext context, VolumeId id) throws IOException {
                VolumeBackendContract.this.leaveHalfMade(context, id);
            }

            @Override
            public Optional<ByteSize> tooLarge() {
                return VolumeBackendContract.this.tooLarge();
            }
        };
    }

    @Nested
    final class Making extends VolumeMakingRules {
        @Override
        Host host() {
            return VolumeBackendContract.this.host();
        }
    }

    @Nested
    final class Keeping extends VolumeKeepingRules {
        @Override
        Host host() {
            return VolumeBackendContract.this.host();
        }
    }

    @Nested
    final class Snapshots extends VolumeSnapshotRules {
        @Override
        Host host() {
            return VolumeBackendContract.this.host();
        }
    }
}
