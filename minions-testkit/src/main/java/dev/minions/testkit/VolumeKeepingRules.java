package dev.minions.testkit;

import static dev.minions.testkit.Failures.assertFails;
import static dev.minions.testkit.VolumeBytes.SECTOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.Volume;
import dev.minions.spi.VolumeBackend;
import dev.minions.spi.VolumeId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What holds of volumes that are there: they stay, grow, and go, whoever asks. */
abstract class VolumeKeepingRules extends VolumeCase {
    @Test
    void aVolumeSurvivesTheProcessThatMadeIt() {
        Volume volume = cloned(id);
        bytes.write(volume, 0, OF_GUEST);

        openAnew();

        assertThere(volume);
        assertHolds(volume, 0, OF_GUEST);
    }

    @Test
    void aBackendSeesWhatAnotherDoesAtOnce() {
        try (VolumeBackend second = open()) {
            assertThat(second.find(id)).isEmpty();

            Volume volume = cloned(id);
            assertThat(second.find(id)).contains(volume);

            second.delete(id);
            assertNotThere(id);
        }
    }

    @Test
    void aDifferentDiskOfTheSameVmIsADifferentVolume() {
        var data = new VolumeId(id.vm(), "data-1");
        Volume root = cloned(id);
        Volume second = backend.create(data, LARGER);

        assertThat(listed()).containsExactlyInAnyOrder(id, data);

        backend.delete(id);

        assertNotThere(root.id());
        assertThere(second);
    }

    @Test
    void aDeletedVolumeIsGoneWithoutTrace() {
        cloned(newId());
        List<String> before = HostDirectories.files(directories.root());
        cloned(id);

        backend.delete(id);

        assertNotThere(id);
        assertThat(HostDirectories.files(directories.root())).isEqualTo(before);
    }

    @Test
    void deletingWhatIsNotThereIsSuccess() {
        Volume other = cloned(newId());

        backend.delete(id);
        cloned(id);
        backend.delete(id);
        backend.delete(id);

        assertThat(backend.list()).containsExactly(other);
    }

    @Test
    void aVolumeGrowsAndKeepsWhatItHolds() {
        Volume volume = cloned(id);
        bytes.write(volume, SIZE.bytes() - SECTOR, OF_GUEST);

        Volume grown = backend.grow(id, LARGER);

        assertThat(grown.size()).isEqualTo(LARGER);
        assertHolds(grown, 0, OF_IMAGE);
        assertHolds(grown, SIZE.bytes() - SECTOR, OF_GUEST);
        assertHolds(grown, LARGER.bytes() - SECTOR, NOTHING);
        openAnew();
        assertThere(grown);
    }

    @Test
    void growingToTheSizeThatItHasChangesNothing() {
        Volume volume = cloned(id);

        assertThat(backend.grow(id, SIZE)).isEqualTo(volume);
    }

    @Test
    void aVolumeNeverBecomesSmaller() {
        Volume volume = cloned(id);
        bytes.write(volume, SIZE.bytes() - SECTOR, OF_GUEST);

        assertFails(ErrorCode.NOT_SUPPORTED, () -> backend.grow(id, IMAGE_SIZE));

        assertThere(volume);
        assertHolds(volume, SIZE.bytes() - SECTOR, OF_GUEST);
    }

    @Test
    void aVolumeThatIsNotThereCannotGrowAndIsNotMade() {
        assertThatExceptionOfType(MinionsException.class).isThrownBy(() -> backend.grow(id, LARGER));

        assertNotThere(id);
    }

    @Test
    void closingRemovesNothingAndCanBeRepeated() {
        Volume volume = cloned(id);

        backend.close();
        backend.close();

        backend = open();
        assertThere(volume);
    }

    @Test
    void aBackendIsTheSameEveryTimeItIsOpened() {
        try (VolumeBackend second = open()) {
            assertThat(second.id())
                    .isEqualTo(backend.id())
                    .isEqualTo(host().factory().id());
            assertThat(second.configuration())
                    .isEqualTo(backend.configuration())
                    .doesNotContain("\n");
            assertThat(second.formats()).isEqualTo(backend.formats()).isNotEmpty();
            assertThat(second.description()).isNotBlank();
            assertThat(second.snapshots().isPresent())
                    .isEqualTo(backend.snapshots().isPresent());
        }
    }

    @Test
    void lookingWhetherItWorksChangesNothing() {
        List<String> before = HostDirectories.files(directories.root());

        assertThat(host().factory().probe()).isNotEmpty();

        assertThat(HostDirectories.files(directories.root())).isEqualTo(before);
    }
}
