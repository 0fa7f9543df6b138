package dev.minions.storage.lvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The status lines are those of Linux 6.1. */
class PoolGuardTest {
    private static final PoolName POOL = new PoolName("vg-0", "minions");
    private static final String OTHER =
            "vg0-minions-tpool: 0 4194304 thin-pool 5 2048/2048 32768/32768 - rw discard_passdown queue_if_no_space - 512\n";

    private static String status(String metadata, String data, String mode) {
        return OTHER + "vg--0-minions-tpool: 0 4194304 thin-pool 5 " + metadata + " " + data + " - " + mode + " 512\n";
    }

    private static PoolGuard guard(String status) {
        return new PoolGuard(POOL, PoolLimits.USUAL, () -> status, () -> {
            throw new AssertionError("it is active");
        });
    }

    private static void assertRefused(String status, ErrorCode code, String... words) {
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> guard(status).requireRoom("clone volume 'x'"))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(code))
                .satisfies(failure -> assertThat(failure.getMessage())
                        .startsWith("clone volume 'x': thin pool 'vg-0/minions' ")
                        .contains(words)
                        .doesNotEndWith("."));
    }

    private static final String FINE = "rw discard_passdown queue_if_no_space -";

    @Test
    void aPoolBelowItsLimitsHasRoom() {
        PoolGuard guard = guard(status("1843/2048", "31129/32768", FINE));

        guard.requireRoom("clone volume 'x'");

        assertThat(guard.refusal("clone volume 'x'")).isEmpty();
    }

    @Test
    void dataAtItsLimitIsRefusedWithWhatIsLeft() {
        assertRefused(
                status("216/2048", "31130/32768", FINE),
                ErrorCode.NO_SPACE,
                "95.0 % in use",
                "102.4 MiB of 2 GiB left",
                "lvextend -L");
    }

    @Test
    void metadataAtItsLimitIsRefused() {
        assertRefused(
                status("1844/2048", "128/32768", FINE),
                ErrorCode.NO_SPACE,
                "90.0 % of its metadata in use",
                "lvextend --poolmetadatasize");
    }

    @Test
    void aPoolThatTakesNoWritesIsNotFullButBroken() {
        assertRefused(
                status("216/2048", "128/32768", "ro discard_passdown queue_if_no_space -"),
                ErrorCode.IO_ERROR,
                "is read-only",
                "lvconvert --repair");
        assertRefused(
                status("216/2048", "128/32768", "ro discard_passdown queue_if_no_space needs_check"),
                ErrorCode.IO_ERROR,
                "needs a check of its metadata");
        assertRefused("vg--0-minions: 0 4194304 thin-pool Fail\n", ErrorCode.IO_ERROR, "has failed");
    }

    @Test
    void aFullPoolIsRefusedAsFull() {
        assertRefused(
                status("216/2048", "32768/32768", "out_of_data_space discard_passdown error_if_no_space -"),
                ErrorCode.NO_SPACE,
                "100.0 % in use and 0 bytes of 2 GiB left");
    }

    @Test
    void aPoolWithoutADeviceIsActivated() {
        var active = new AtomicBoolean();
        var guard = new PoolGuard(
                POOL,
                PoolLimits.USUAL,
                () -> active.get() ? status("216/2048", "128/32768", FINE) : OTHER,
                () -> active.set(true));

        guard.requireRoom("clone volume 'x'");

        assertThat(active).isTrue();
    }

    @Test
    void aPoolThatGetsNoDeviceIsSaid() {
        var guard = new PoolGuard(POOL, PoolLimits.USUAL, () -> OTHER, () -> {});

        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> guard.requireRoom("clone volume 'x'"))
                .withMessageContaining("lvchange -ay vg-0/minions");
    }

    @Test
    void limitsArePercentages() {
        assertThatIllegalArgumentException().isThrownBy(() -> new PoolLimits(101, 90));
        assertThatIllegalArgumentException().isThrownBy(() -> new PoolLimits(95, 0));
    }
}
