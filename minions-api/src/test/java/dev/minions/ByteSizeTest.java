package dev.minions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.minions.ByteSize.Unit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({
        "512M, 536870912",
        "512MiB, 536870912",
        "2G, 2147483648",
        "1.5GiB, 1610612736",
        "1GB, 1000000000",
        "10 kb, 10000",
        "1B, 1",
        "1t, 1099511627776",
        "7, 7340032"
    })
    void theUnitsAreBinaryUnlessTheySayB(String text, long bytes) {
        assertThat(ByteSize.parse(text, Unit.MIB).bytes()).isEqualTo(bytes);
    }

    @Test
    void aBareNumberMeansWhatItsPlaceSays() {
        assertThat(ByteSize.parse("10", Unit.GB)).isEqualTo(ByteSize.gb(10));
        assertThat(ByteSize.parse("2048", Unit.MIB)).isEqualTo(ByteSize.gib(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "G", "1X", "1,5G", "0x10", "1e3", "1 2", "999999999999T", "١"})
    void whatIsNoSizeIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ByteSize.parse(text, Unit.MIB));
    }

    @Test
    void aSizeIsNeverNegativeAndNeverWrapsAround() {
        assertThatIllegalArgumentException().isThrownBy(() -> ByteSize.bytes(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> ByteSize.gib(Long.MAX_VALUE));
        assertThat(ByteSize.bytes(Long.MAX_VALUE).plus(ByteSize.bytes(1)).bytes())
                .isEqualTo(Long.MAX_VALUE);
        assertThat(ByteSize.mib(1).minus(ByteSize.mib(2))).isEqualTo(ByteSize.ZERO);
    }

    @Property
    void aWholeNumberOfMebibytesIsReadBackFromItsText(@ForAll @LongRange(min = 0, max = 1L << 40) long mib) {
        assertThat(ByteSize.parse(mib + "MiB", Unit.BYTE)).isEqualTo(ByteSize.mib(mib));
    }

    @Test
    void aSizeIsShownInItsLargestUnit() {
        assertThat(ByteSize.mib(1024)).hasToString("1 GiB");
        assertThat(ByteSize.mib(1536)).hasToString("1.5 GiB");
        assertThat(ByteSize.bytes(5)).hasToString("5 bytes");
    }
}
