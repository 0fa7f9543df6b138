package dev.minions.testkit;

import static dev.minions.testkit.Failures.assertFails;
import static dev.minions.testkit.VolumeBytes.SECTOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.minions.ByteSize;
import dev.minions.ProgressListener;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.Volume;
import dev.minions.spi.VolumeBackend.BaseImage;
import dev.minions.spi.VolumeId;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds of volumes that are made: whole or not at all, and as often as one likes. */
abstract class VolumeMakingRules extends VolumeCase {
    @Test
    void aCloneHoldsTheImageAndNothingBehindIt() {
        Volume volume = cloned(id);

        assertThat(volume.id()).isEqualTo(id);
        assertThat(volume.size()).isEqualTo(SIZE);
        assertHolds(volume, 0, OF_IMAGE);
        assertHolds(volume, IMAGE_SIZE.bytes() / 2, NOTHING);
        assertHolds(volume, IMAGE_SIZE.bytes() - SECTOR, OF_IMAGE);
        assertHolds(volume, IMAGE_SIZE.bytes(), NOTHING);
        assertHolds(volume, SIZE.bytes() - SECTOR, NOTHING);
    }

    @Test
    void aCloneMayBeAsLargeAsItsImage() {
        Volume volume = backend.clone(id, image, IMAGE_SIZE, ProgressListener.NONE);

        assertThat(volume.size()).isEqualTo(IMAGE_SIZE);
        assertHolds(volume, IMAGE_SIZE.bytes() - SECTOR, OF_IMAGE);
    }

    @Test
    void aCloneOfLessThanItsImageIsRefused() {
        assertThatException()
                .isThrownBy(() -> backend.clone(id, image, IMAGE_SIZE.minus(ByteSize.mib(4)), ProgressListener.NONE))
                .matches(failure -> failure instanceof IllegalArgumentException || failure instanceof MinionsException);

        assertNotThere(id);
    }

    @Test
    void anEmptyVolumeHoldsNothing() {
        Volume volume = backend.create(id, SIZE);

        assertThat(volume.size()).isEqualTo(SIZE);
        assertThat(volume.base()).isEmpty();
        assertHolds(volume, 0, NOTHING);
        assertHolds(volume, SIZE.bytes() - SECTOR, NOTHING);
    }

    @Test
    void aVolumeSaysWhatItIs() {
        Volume volume = cloned(id);

        assertThat(backend.formats()).contains(volume.format());
        assertThat(volume.path()).isAbsolute().exists();
        assertThat(volume.base())
                .as("a raw volume stands on nothing; another says on what, which stays while it does")
                .matches(base -> volume.format() == DiskFormat.RAW ? base.isEmpty() : base.isPresent());
        volume.base().ifPresent(base -> assertThat(base).exists());
    }

    @Test
    void whatAGuestWritesIsInItsOwnVolumeOnly() throws IOException {
        byte[] before = Files.readAllBytes(image.disk());
        Volume first = cloned(id);
        Volume second = cloned(newId());

        bytes.write(first, 0, OF_GUEST);

        assertHolds(first, 0, OF_GUEST);
        assertHolds(second, 0, OF_IMAGE);
        assertHolds(cloned(newId()), 0, OF_IMAGE);
        assertThat(Arrays.equals(Files.readAllBytes(image.disk()), before))
                .as("the image is as it was")
                .isTrue();
    }

    @Test
    void clonesOfDifferentImagesAreDifferent() {
        BaseImage other = bytes.image("other.raw", OF_GUEST, IMAGE_SIZE);

        Volume first = cloned(id);
        Volume second = backend.clone(newId(), other, SIZE, ProgressListener.NONE);

        assertHolds(first, 0, OF_IMAGE);
        assertHolds(second, 0, OF_GUEST);
    }

    @Test
    void cloningAgainReturnsTheVolumeAsItIs() {
        Volume volume = cloned(id);
        bytes.write(volume, 0, OF_GUEST);

        openAnew();

        assertThat(cloned(id)).isEqualTo(volume);
        assertHolds(volume, 0, OF_GUEST);
    }

    @Test
    void creatingAgainReturnsTheVolumeAsItIs() {
        Volume volume = backend.create(id, SIZE);
        bytes.write(volume, 0, OF_GUEST);

        openAnew();

        assertThat(backend.create(id, SIZE)).isEqualTo(volume);
        assertHolds(volume, 0, OF_GUEST);
    }

    @Test
    void aVolumeOfAnotherSizeIsNoSuccess() {
        Volume volume = cloned(id);
        VolumeId empty = newId();
        Volume created = backend.create(empty, SIZE);

        assertFails(ErrorCode.WRONG_STATE, () -> backend.clone(id, image, LARGER, ProgressListener.NONE));
        assertFails(ErrorCode.WRONG_STATE, () -> backend.create(empty, LARGER));

        assertThere(volume);
        assertThere(created);
    }

    @Test
    void aHalfMadeVolumeIsNoVolume() throws IOException {
        host().leaveHalfMade(directories.context(), id);

        assertNotThere(id);
    }

    @Test
    void aHalfMadeVolumeIsNotInTheWayOfAWholeOne() throws IOException {
        VolumeId empty = newId();
        host().leaveHalfMade(directories.context(), id);
        host().leaveHalfMade(directories.context(), empty);

        Volume volume = cloned(id);
        Volume created = backend.create(empty, SIZE);

        assertThere(volume);
        assertHolds(volume, 0, OF_IMAGE);
        assertHolds(volume, SIZE.bytes() - SECTOR, NOTHING);
        assertHolds(created, 0, NOTHING);
    }

    @Test
    void aHalfMadeVolumeIsRemovedWithoutTrace() throws IOException {
        List<String> before = HostDirectories.files(directories.root());
        host().leaveHalfMade(directories.context(), id);

        backend.delete(id);

        assertNotThere(id);
        assertThat(HostDirectories.files(directories.root())).isEqualTo(before);
    }

    @Test
    void whatAListenerThrowsEndsTheCallAndNothingIsLeft() {
        var failure = new IllegalStateException("the listener's own");
        ProgressListener listener = progress -> {
            throw failure;
        };

        Optional<RuntimeException> thrown = attempt(() -> backend.clone(id, image, SIZE, listener));

        assertThat(thrown).as("a clone that takes no time tells nobody").isIn(Optional.empty(), Optional.of(failure));
        assertThat(backend.find(id).isPresent()).isEqualTo(thrown.isEmpty());
        assertHolds(cloned(id), 0, OF_IMAGE);
    }

    @Test
    void anInterruptedCallHasDoneAllOfItOrNothing() {
        Thread.currentThread().interrupt();
        Optional<RuntimeException> thrown = attempt(() -> cloned(id));
        boolean stillInterrupted = Thread.interrupted();

        thrown.ifPresent(failure -> assertThat(failure)
                .isInstanceOfSatisfying(
                        MinionsException.class,
                        interruption -> assertThat(interruption.code()).isEqualTo(ErrorCode.CALL_INTERRUPTED)));
        assertThat(stillInterrupted).as("the thread stays interrupted").isTrue();
        assertThat(backend.find(id).isPresent()).isEqualTo(thrown.isEmpty());
        assertHolds(cloned(id), 0, OF_IMAGE);
    }

    @Test
    void aFullHostSaysWhatIsNeededAndLeavesNothing() {
        Optional<ByteSize> tooLarge = host().tooLarge();
        assumeTrue(tooLarge.isPresent(), "a volume may be larger than the room that is left here");

        assertFails(ErrorCode.NO_SPACE, () -> backend.clone(id, image, tooLarge.orElseThrow(), ProgressListener.NONE));
        assertFails(ErrorCode.NO_SPACE, () -> backend.create(id, tooLarge.orElseThrow()));

        assertNotThere(id);
        assertThere(cloned(id));
    }

    @Test
    void eightVolumesAtOnceAreEightVolumes() {
        List<VolumeId> ids = Stream.generate(this::newId).limit(8).toList();

        List<Volume> made = Workers.atOnce(8, thread -> cloned(ids.get(thread)));

        assertThat(listed()).containsExactlyInAnyOrderElementsOf(ids);
        made.forEach(volume -> assertHolds(volume, 0, OF_IMAGE));

        Workers.atOnce(8, thread -> {
            backend.delete(ids.get(thread));
            return true;
        });
        assertThat(listed()).isEmpty();
    }

    private static Optional<RuntimeException> attempt(Runnable call) {
        try {
            call.run();
            return Optional.empty();
        } catch (IllegalStateException | MinionsException e) {
            return Optional.of(e);
        }
    }
}
