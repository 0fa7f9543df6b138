package dev.minions.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.minions.spi.Volume;
import dev.minions.spi.VolumeSnapshots;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds of snapshots, for a backend that has them; skipped for one that has none. */
abstract class VolumeSnapshotRules extends VolumeCase {
    private static final String FIRST = "0123456789ab";
    private static final String SECOND = "00000000000a";

    @BeforeEach
    void requireSnapshots() {
        assumeTrue(backend.snapshots().isPresent(), "this backend has no snapshots");
    }

    @Test
    void aVolumeHoldsAgainWhatItHeldThen() {
        Volume volume = cloned(id);
        snapshots().create(id, FIRST);
        bytes.write(volume, 0, OF_GUEST);

        Volume restored = snapshots().restore(id, FIRST);

        assertHolds(restored, 0, OF_IMAGE);
        assertThere(restored);
        assertThat(snapshots().list(id)).containsExactly(FIRST);
    }

    @Test
    void aSnapshotThatIsThereIsLeftAsItIs() {
        Volume volume = cloned(id);
        snapshots().create(id, FIRST);
        bytes.write(volume, 0, OF_GUEST);

        snapshots().create(id, FIRST);

        assertHolds(snapshots().restore(id, FIRST), 0, OF_IMAGE);
    }

    @Test
    void snapshotsAreListedOldestFirstWhoeverMadeThem() {
        cloned(id);
        snapshots().create(id, FIRST);
        snapshots().create(id, SECOND);

        openAnew();

        assertThat(snapshots().list(id)).containsExactly(FIRST, SECOND);
        assertThat(snapshots().list(newId())).isEmpty();
    }

    @Test
    void deletingASnapshotLeavesTheVolumeAndTheOthers() {
        Volume volume = cloned(id);
        snapshots().create(id, FIRST);
        bytes.write(volume, 0, OF_GUEST);
        snapshots().create(id, SECOND);

        snapshots().delete(id, FIRST);
        snapshots().delete(id, FIRST);

        assertThat(snapshots().list(id)).containsExactly(SECOND);
        assertHolds(volume, 0, OF_GUEST);
        assertHolds(snapshots().restore(id, SECOND), 0, OF_GUEST);
    }

    private VolumeSnapshots snapshots() {
        return backend.snapshots().orElseThrow();
    }
}
