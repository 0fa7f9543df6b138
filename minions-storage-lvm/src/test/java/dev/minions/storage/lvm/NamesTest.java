package dev.minions.storage.lvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.minions.ByteSize;
import dev.minions.VmId;
import dev.minions.spi.VolumeBackend.BaseImage;
import dev.minions.spi.VolumeId;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class NamesTest {
    private static final int LONGEST_NAME_OF_A_DEVICE = 127;

    private final VolumeId id = new VolumeId(VmId.of("01980000-0000-7000-8000-00000000abcd"), "data-1");
    private final Names names = new Names("0123456789ab", new PoolName("vg0", "pool"));

    private static LogicalVolume tagged(String name, String... tags) {
        return new LogicalVolume(name, ByteSize.mib(8), List.of(tags), "pool", true, false, 1, ByteSize.mib(4));
    }

    @Test
    void aVolumeIsKnownByItsTag() {
        assertThat(names.volume(id)).isEqualTo("vm.0198000000007000800000000000abcd.data-1");
        assertThat(Names.volumeOf(tagged(names.volume(id), names.ownerTag(), names.volumeTag(id))))
                .contains(id);
        assertThat(Names.volumeOf(tagged(names.volume(id), names.ownerTag()))).isEmpty();
    }

    @Test
    void aSnapshotIsKnownByItsTagAndIsNoVolume() {
        String snapshot = "0123456789ab";
        LogicalVolume kept = tagged(names.snapshot(id, snapshot), names.snapshotTag(id, snapshot));

        assertThat(Names.snapshotOf(kept, id)).contains(snapshot);
        assertThat(Names.snapshotOf(kept, new VolumeId(id.vm(), "data"))).isEmpty();
        assertThat(Names.volumeOf(kept)).isEmpty();
    }

    @Test
    void anIdOfASnapshotMayNotHoldAnythingElse() {
        assertThatIllegalArgumentException().isThrownBy(() -> names.snapshot(id, "../../etc/abc"));
    }

    @Test
    void aRestoredVolumeIsOfALaterGeneration() {
        assertThat(Names.generationOf(tagged("x"))).isZero();
        assertThat(Names.generationOf(tagged("x", Names.generationTag(7)))).isEqualTo(7);
    }

    @Test
    void anImageIsNamedAfterItsDigestAndSizeItsPoolAndOwner() {
        BaseImage image = new BaseImage("ab".repeat(32), Path.of("/x"), ByteSize.mib(9));

        assertThat(names.image(image, ByteSize.mib(9)))
                .isEqualTo("image.0123456789ab.pool." + "ab".repeat(16) + ".3")
                .isEqualTo(names.image(image, ByteSize.mib(12)));
        assertThat(names.isWholeImage(tagged(names.image(image, image.size())))).isTrue();
        assertThat(names.isHalfImage(tagged(names.newHalfImage()))).isTrue();
        assertThat(names.newHalfImage()).isNotEqualTo(names.newHalfImage());
    }

    @Test
    void theLongestNamesFitIntoADevicesName() {
        var longest = new Names("0123456789ab", new PoolName("v".repeat(20), "p".repeat(20)));
        var role = new VolumeId(id.vm(), "d".repeat(24));
        var image = new BaseImage("ab".repeat(32), Path.of("/x"), ByteSize.gib(100_000));

        for (String name : List.of(
                longest.volume(role),
                longest.successor(role),
                longest.snapshot(role, "0123456789ab"),
                longest.image(image, image.size()))) {
            assertThat(longest.pool().mapped(name)).hasSizeLessThanOrEqualTo(LONGEST_NAME_OF_A_DEVICE);
        }
    }

    @Test
    void aDeviceIsNamedAsTheDeviceMapperNamesIt() {
        assertThat(new PoolName("my-vg", "pool").device("vm.1.data-1"))
                .isEqualTo(Path.of("/dev/mapper/my--vg-vm.1.data--1"));
    }

    @Test
    void namesThatLvmOrAShellWouldTakeForSomethingElseAreRefused() {
        for (String bad : List.of("", "-x", ".", "..", "a b", "a/b", "a;b", "x".repeat(21))) {
            assertThatIllegalArgumentException().isThrownBy(() -> new PoolName(bad, "pool"));
            assertThatIllegalArgumentException().isThrownBy(() -> new PoolName("vg0", bad));
        }
    }

    @Test
    void theMakerOfAHalfImageIsReadBackFromItsTag() {
        Maker maker = Maker.thisProcess();

        assertThat(Names.makerOf(tagged("import.x", Names.makerTag(maker)))).contains(maker);
        assertThat(maker.isDead()).isFalse();
        assertThat(Maker.parse("0198-00/1/2/3").isDead()).as("of another boot").isTrue();
    }
}
