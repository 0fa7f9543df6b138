package dev.minions.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.ByteSize;
import dev.minions.ProgressListener;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.Volume;
import dev.minions.spi.VolumeBackend;
import dev.minions.spi.VolumeBackend.BaseImage;
import dev.minions.spi.VolumeId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A volume backend with an image and the id of a volume, for a test. */
abstract class VolumeCase {
    /** A multiple of what any backend rounds to. */
    static final ByteSize IMAGE_SIZE = ByteSize.mib(8);

    static final ByteSize SIZE = ByteSize.mib(64);
    static final ByteSize LARGER = ByteSize.mib(128);
    static final byte OF_IMAGE = 0x11;
    static final byte OF_GUEST = 0x22;
    static final byte NOTHING = 0;

    /** What the contract's subclass knows. */
    interface Host {
        BackendFactory<VolumeBackend> factory();

        void leaveHalfMade(BackendContext context, VolumeId id) throws IOException;

        Optional<ByteSize> tooLarge();
    }

    final HostDirectories directories = new HostDirectories();
    final VolumeBytes bytes = new VolumeBytes(directories.root());
    final BaseImage image = bytes.image("image.raw", OF_IMAGE, IMAGE_SIZE);
    final VolumeId id = newId();
    VolumeBackend backend;

    abstract Host host();

    @BeforeEach
    void openBackend() {
        backend = open();
    }

    @AfterEach
    void removeEverything() {
        backend.list().forEach(volume -> backend.delete(volume.id()));
        backend.close();
        directories.close();
    }

    final VolumeBackend open() {
        return host().factory().open(directories.context());
    }

    /** As a restart of the process does. */
    final void openAnew() {
        backend.close();
        backend = open();
    }

    final VolumeId newId() {
        return VolumeId.root(directories.newPlace().vm());
    }

    final Volume cloned(VolumeId volume) {
        return backend.clone(volume, image, SIZE, ProgressListener.NONE);
    }

    final List<VolumeId> listed() {
        return backend.list().stream().map(Volume::id).toList();
    }

    final void assertHolds(Volume volume, long offset, byte mark) {
        assertThat(bytes.read(volume, offset))
                .as("sector of volume %s at %d", volume.id(), offset)
                .containsOnly(mark);
    }

    /** That a volume is there as it was returned, and the backend says so in every way it can be asked. */
    final void assertThere(Volume volume) {
        assertThat(backend.find(volume.id())).contains(volume);
        assertThat(backend.list()).contains(volume);
    }

    final void assertNotThere(VolumeId volume) {
        assertThat(backend.find(volume)).isEmpty();
        assertThat(listed()).doesNotContain(volume);
    }
}
