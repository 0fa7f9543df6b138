package dev.minions.testkit;

import static dev.minions.testkit.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.minions.ProgressListener;
import dev.minions.VmId;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.Volume;
import dev.minions.spi.VolumeId;
import dev.minions.spi.VolumeSnapshots;
import java.util.List;
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

    @Test
    void aSnapshotHasTheSizeThatTheVolumeHadThen() {
        cloned(id);
        snapshots().create(id, FIRST);
        backend.grow(id, LARGER);

        Volume restored = snapshots().restore(id, FIRST);

        assertThat(restored.size()).isEqualTo(SIZE);
        assertThere(restored);
    }

    @Test
    void whatIsWrittenAfterItIsReadIsNotInTheSnapshot() {
        Volume volume = cloned(id);

        snapshots().create(id, FIRST, () -> bytes.write(volume, 0, OF_GUEST));

        assertHolds(volume, 0, OF_GUEST);
        assertHolds(snapshots().restore(id, FIRST), 0, OF_IMAGE);
    }

    @Test
    void aVolumeThatDidNotStandStillLeavesNoSnapshot() {
        cloned(id);
        List<String> before = HostDirectories.files(directories.root());

        assertFails(ErrorCode.WRONG_STATE, () -> snapshots().create(id, FIRST, VolumeSnapshotRules::fail));

        assertThat(snapshots().list(id)).isEmpty();
        assertThat(HostDirectories.files(directories.root())).isEqualTo(before);
    }

    @Test
    void aSnapshotOfWhatIsNotThereIsRefused() {
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> snapshots().create(id, FIRST));
        cloned(id);
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> snapshots().restore(id, FIRST));

        assertHolds(backend.find(id).orElseThrow(), 0, OF_IMAGE);
    }

    @Test
    void aRestoreThatIsPreparedChangesNothingUntilItIsDone() {
        Volume volume = cloned(id);
        snapshots().create(id, FIRST);
        bytes.write(volume, 0, OF_GUEST);

        snapshots().prepare(id, FIRST);
        snapshots().prepare(id, FIRST);

        assertHolds(volume, 0, OF_GUEST);
        assertThere(volume);
        assertThat(snapshots().list(id)).containsExactly(FIRST);
        openAnew();
        assertHolds(snapshots().restore(id, FIRST), 0, OF_IMAGE);
        assertHolds(snapshots().restore(id, FIRST), 0, OF_IMAGE);
    }

    @Test
    void whatIsPreparedTakesTheVolumesPlaceOnce() {
        Volume volume = cloned(id);
        snapshots().create(id, FIRST);
        bytes.write(volume, 0, OF_GUEST);
        snapshots().replace(id, FIRST);
        assertHolds(volume, 0, OF_GUEST);

        snapshots().prepare(id, FIRST);
        snapshots().replace(id, FIRST);
        assertHolds(volume, 0, OF_IMAGE);
        bytes.write(volume, 0, OF_GUEST);
        snapshots().replace(id, FIRST);

        assertHolds(volume, 0, OF_GUEST);
    }

    @Test
    void aPreparedRestoreIsDiscardedWithoutTrace() {
        Volume volume = cloned(id);
        snapshots().create(id, FIRST);
        List<String> before = HostDirectories.files(directories.root());

        snapshots().prepare(id, FIRST);
        snapshots().discard(id, FIRST);
        snapshots().discard(id, FIRST);

        assertThat(HostDirectories.files(directories.root())).isEqualTo(before);
        assertThere(volume);
    }

    @Test
    void aVolumeThatIsDeletedTakesItsSnapshotsWithIt() {
        cloned(newId());
        List<String> before = HostDirectories.files(directories.root());
        cloned(id);
        snapshots().create(id, FIRST);
        snapshots().prepare(id, FIRST);

        backend.delete(id);

        assertThat(snapshots().list(id)).isEmpty();
        assertThat(HostDirectories.files(directories.root())).isEqualTo(before);
    }

    @Test
    void aCopyHoldsWhatTheOtherHeldAndEachGoesItsOwnWay() {
        Volume volume = cloned(id);
        bytes.write(volume, 0, OF_GUEST);
        VolumeId other = newId();

        Volume copy = snapshots().copy(id, other, () -> bytes.write(volume, 0, NOTHING), ProgressListener.NONE);

        assertThat(copy.size()).isEqualTo(SIZE);
        assertThat(snapshots().copy(id, other, () -> {}, ProgressListener.NONE)).isEqualTo(copy);
        assertHolds(copy, 0, OF_GUEST);
        assertHolds(copy, IMAGE_SIZE.bytes() - VolumeBytes.SECTOR, OF_IMAGE);
        backend.delete(id);
        openAnew();
        assertThere(copy);
        assertHolds(copy, 0, OF_GUEST);
    }

    @Test
    void aCopyOfWhatDidNotStandStillIsNotThere() {
        cloned(id);
        VolumeId other = newId();

        assertFails(
                ErrorCode.WRONG_STATE,
                () -> snapshots().copy(id, other, VolumeSnapshotRules::fail, ProgressListener.NONE));

        assertNotThere(other);
    }

    @Test
    void anEmptyVolumeIsKeptAndCopiedToo() {
        var data = new VolumeId(id.vm(), "data");
        Volume volume = backend.create(data, SIZE);
        snapshots().create(data, FIRST);
        bytes.write(volume, 0, OF_GUEST);
        var other = new VolumeId(newId().vm(), "data");

        assertHolds(snapshots().copy(data, other, () -> {}, ProgressListener.NONE), 0, OF_GUEST);
        assertHolds(snapshots().restore(data, FIRST), 0, NOTHING);
    }

    @Test
    void severalVolumesAreKeptOfOneMomentOrNoneIs() {
        List<VolumeId> both = rootAndData();

        assertFails(ErrorCode.WRONG_STATE, () -> snapshots().create(both, FIRST, VolumeSnapshotRules::fail));
        assertThat(both)
                .allSatisfy(volume -> assertThat(snapshots().list(volume)).isEmpty());

        snapshots().create(both, FIRST, () -> overwrite(both));

        assertThat(both).allSatisfy(volume -> {
            assertThat(snapshots().list(volume)).containsExactly(FIRST);
            assertHolds(snapshots().restore(volume, FIRST), 0, OF_GUEST);
        });
    }

    @Test
    void severalVolumesAreCopiedOfOneMomentOrNoneIs() {
        List<VolumeId> both = rootAndData();
        VmId to = newId().vm();
        List<VolumeId> copies =
                both.stream().map(volume -> new VolumeId(to, volume.role())).toList();

        assertFails(
                ErrorCode.WRONG_STATE,
                () -> snapshots().copy(both, to, VolumeSnapshotRules::fail, ProgressListener.NONE));
        copies.forEach(this::assertNotThere);

        snapshots().copy(both, to, () -> overwrite(both), ProgressListener.NONE);
        snapshots().copy(both, to, () -> {}, ProgressListener.NONE); // they are there, and stay as they are

        assertThat(copies).allSatisfy(copy -> assertHolds(backend.find(copy).orElseThrow(), 0, OF_GUEST));
    }

    private List<VolumeId> rootAndData() {
        var data = new VolumeId(id.vm(), "data");
        bytes.write(cloned(id), 0, OF_GUEST);
        bytes.write(backend.create(data, SIZE), 0, OF_GUEST);
        return List.of(id, data);
    }

    private void overwrite(List<VolumeId> volumes) {
        volumes.forEach(volume -> bytes.write(backend.find(volume).orElseThrow(), 0, NOTHING));
    }

    private static void fail() {
        throw new MinionsException(ErrorCode.WRONG_STATE, "it did not stand still");
    }

    private VolumeSnapshots snapshots() {
        return backend.snapshots().orElseThrow();
    }
}
