package dev.minions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.minions.AllowedSource.OfNetwork;
import dev.minions.AllowedSource.OfVm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may come to a VM, and how much may pass. */
class NetworkLimitsTest {
    private static final String ID = "019a0000-0000-7000-8000-00000000000a";

    @ParameterizedTest
    @CsvSource({
        "192.0.2.0/24, 192.0.2.0/24",
        "192.0.2.7, 192.0.2.7/32",
        "0.0.0.0/0, 0.0.0.0/0",
        "2001:db8::/32, 2001:db8:0:0:0:0:0:0/32",
        "::1, 0:0:0:0:0:0:0:1/128",
        "::/0, 0:0:0:0:0:0:0:0/0"
    })
    void aNetworkIsReadAndWritten(String text, String written) {
        AllowedSource source = AllowedSource.parse(text);
        assertThat(source).isInstanceOf(OfNetwork.class).hasToString(written);
        assertThat(AllowedSource.parse(written)).isEqualTo(source);
    }

    @Test
    void anIdIsThatOfAVm() {
        assertThat(AllowedSource.parse(ID)).isEqualTo(new OfVm(VmId.of(ID))).hasToString(ID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "web",
                "192.0.2.1/24",
                "192.0.2.0/33",
                "2001:db8::1/64",
                "::/129",
                "1.2.3/8",
                "1.2.3.4/",
                "a b"
            })
    void whatIsNeitherIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> AllowedSource.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "64kbit, 64000, 64kbit",
        "100mbit, 100000000, 100mbit",
        "100 Mbit/s, 100000000, 100mbit",
        "1000mbit, 1000000000, 1gbit",
        "1500kbit, 1500000, 1500kbit",
        "100gbit, 100000000000, 100gbit"
    })
    void aRateIsReadAndWritten(String text, long bits, String written) {
        DataRate rate = DataRate.parse(text);
        assertThat(rate.bitsPerSecond()).isEqualTo(bits);
        assertThat(rate.bytesPerSecond()).isEqualTo(bits / 8);
        assertThat(rate).hasToString(written).isEqualTo(DataRate.parse(written));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "100", "100m", "1.5mbit", "63kbit", "101gbit", "-1mbit", "999999999gbit"})
    void whatIsNoRateIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> DataRate.parse(text));
    }

    @Test
    void aSpecKeepsBoth() {
        VmSpec spec = VmSpec.builder("web", "debian")
                .allowFrom(AllowedSource.parse("192.0.2.0/24"))
                .bandwidth(DataRate.mbit(10))
                .build();
        assertThat(spec.toBuilder().build()).isEqualTo(spec);
        assertThat(spec.allowFrom()).containsExactly(AllowedSource.parse("192.0.2.0/24"));
        assertThat(spec.bandwidth()).contains(DataRate.mbit(10));
        assertThat(VmSpec.builder("web", "debian").build()).isNotEqualTo(spec);
    }
}
