package dev.minions.storage.lvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.ByteSize;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The reports are those of LVM 2.03.16. */
class LogicalVolumeTest {
    @Test
    void aReportIsReadAndWhatIsNoReportIsPassedOver() {
        String said = """
                  Logical volume "vm1" created.
                  LVM2_LV_NAME='vm1' LVM2_LV_SIZE='134217728' LVM2_LV_TAGS='minions.owner=0123,minions.volume=v1' \
                LVM2_POOL_LV='pool' LVM2_LV_ACTIVE='active' LVM2_LV_DEVICE_OPEN='open' LVM2_THIN_ID='3' \
                LVM2_VG_EXTENT_SIZE='4194304'

                  LVM2_LV_NAME='image.x.abc' LVM2_LV_SIZE='8388608' LVM2_LV_TAGS='' LVM2_POOL_LV='pool' \
                LVM2_LV_ACTIVE='' LVM2_LV_DEVICE_OPEN='unknown' LVM2_THIN_ID='1' LVM2_VG_EXTENT_SIZE='4194304'
                """;

        assertThat(LogicalVolume.parse(said))
                .containsExactly(
                        new LogicalVolume(
                                "vm1",
                                ByteSize.mib(128),
                                List.of("minions.owner=0123", "minions.volume=v1"),
                                "pool",
                                true,
                                true,
                                3,
                                ByteSize.mib(4)),
                        new LogicalVolume(
                                "image.x.abc", ByteSize.mib(8), List.of(), "pool", false, false, 1, ByteSize.mib(4)));
    }

    @Test
    void anEmptyReportHasNoVolumes() {
        assertThat(LogicalVolume.parse("")).isEmpty();
        assertThat(LogicalVolume.parse("  \n")).isEmpty();
    }

    @Test
    void aPoolHasNeitherPoolNorNumber() {
        String said = "  LVM2_LV_NAME='pool' LVM2_LV_SIZE='2147483648' LVM2_LV_TAGS='' LVM2_POOL_LV=''"
                + " LVM2_LV_ACTIVE='active' LVM2_LV_DEVICE_OPEN='' LVM2_THIN_ID='' LVM2_VG_EXTENT_SIZE='4194304'";

        assertThat(LogicalVolume.parse(said)).first().satisfies(pool -> {
            assertThat(pool.pool()).isEmpty();
            assertThat(pool.thinId()).isZero();
        });
    }

    @Test
    void sizesAreRoundedUpToTheGroupsExtents() {
        var volume = new LogicalVolume("v", ByteSize.mib(64), List.of(), "p", true, false, 1, ByteSize.mib(32));

        assertThat(volume.rounded(ByteSize.mib(33))).isEqualTo(ByteSize.mib(64));
        assertThat(volume.rounded(ByteSize.mib(64))).isEqualTo(ByteSize.mib(64));
    }
}
