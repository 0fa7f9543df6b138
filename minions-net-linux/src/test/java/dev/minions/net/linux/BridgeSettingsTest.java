package dev.minions.net.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.minions.AllowedSource;
import dev.minions.DataRate;
import dev.minions.PortForward;
import dev.minions.VmId;
import dev.minions.spi.AddressPlan;
import dev.minions.spi.BackendProvider;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be said of a bridge and of a card on it, without a host to change. */
class BridgeSettingsTest {
    private static final BridgeSettings USUAL =
            BridgeSettings.of("br0", "10.0.0.1/16", Optional.of("fd12:3456:789a::"), List.of("9.9.9.9"));

    private static Card card(AllowedSource... sources) {
        return new Card(
                VmId.of("019a0000-0000-7000-8000-00000000000a"),
                1_879_048_195L,
                "52:54:00:0a:0b:03",
                "10.0.0.2",
                Optional.of("fd12:3456:789a::a00:2"),
                List.of(PortForward.of(8080, 80), PortForward.parse("[2001:db8::1]:8443:443")),
                List.of(sources),
                Optional.of(DataRate.mbit(10)));
    }

    @Test
    void theAddressesAreThoseBetweenTheBridgesAndTheBroadcastAddress() {
        AddressPlan plan = USUAL.plan();
        assertThat(AddressPlan.text(plan.first())).isEqualTo("10.0.0.2");
        assertThat(AddressPlan.text(plan.last())).isEqualTo("10.0.255.254");
        assertThat(plan.gateway()).isEqualTo("10.0.0.1");
        assertThat(plan.dns()).containsExactly("9.9.9.9");
        AddressPlan.Ip6 six = plan.ip6().orElseThrow();
        assertThat(six.address(plan.last())).isEqualTo("fd12:3456:789a::a00:fffe");
        assertThat(six.gateway()).isEqualTo("fe80::1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"10.0.0.1", "10.0.0.2/16", "10.0.0.1/31", "10.0.0.1/7", "10.0.0/16", "10.0.0.1/", "fd00::1/64"})
    void anAddressThatIsNotTheFirstOfItsNetworkIsRefused(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LinuxBridge.named("br0").address(address));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Br0", "br 0", "0br", "a/b", "br0123456789abcd", "br0;x"})
    void aNameThatIsNoDevicesIsRefused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> LinuxBridge.named(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fd00::1", "fd00:1:2:3:4::", "::", "FD00::", "fd00:", "10.0.0.0"})
    void aPrefixThatIsNotOf64BitsIsRefused(String prefix) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LinuxBridge.named("br0").ip6(prefix));
    }

    @Test
    void networksOverlapIfOneLiesInTheOther() {
        assertThat(USUAL.overlaps(AddressPlan.number("10.0.7.1"), 24)).isTrue();
        assertThat(USUAL.overlaps(AddressPlan.number("10.200.0.1"), 8)).isTrue();
        assertThat(USUAL.overlaps(AddressPlan.number("10.1.0.1"), 16)).isFalse();
        assertThat(USUAL.overlaps(AddressPlan.number("192.0.2.1"), 0)).isTrue();
    }

    @Test
    void aCardIsReadAsItWasWritten() {
        Card card = card(AllowedSource.parse("192.0.2.0/24"), AllowedSource.vm(VmId.random()));
        assertThat(Card.ofValues(card.toValues())).isEqualTo(card);
        assertThat(card.device()).isEqualTo("mn00000000000a").hasSizeLessThanOrEqualTo(15);
        assertThat(card.linkLocal()).isEqualTo("fe80::5054:ff:fe0a:b03");
    }

    @Test
    void aNetworkInsideAnotherIsNotAddedBesideIt() {
        String rules = new CardRules(
                        USUAL,
                        card(
                                AllowedSource.parse("192.0.2.0/24"),
                                AllowedSource.parse("192.0.2.7"),
                                AllowedSource.parse("198.51.100.0/24"),
                                AllowedSource.parse("2001:db8::/32"),
                                AllowedSource.parse("2001:db8:1::/48")))
                .add();
        assertThat(rules.lines().filter(line -> line.contains("sources")))
                .containsExactlyInAnyOrder(
                        "add element inet minions_br0 sources4 { 192.0.2.0/24 . 10.0.0.2 }",
                        "add element inet minions_br0 sources4 { 198.51.100.0/24 . 10.0.0.2 }",
                        "add element inet minions_br0 sources6 { 2001:db8:0:0:0:0:0:0/32 . fd12:3456:789a::a00:2 }");
    }

    @Test
    void theProviderIsFoundAndKnowsItsSettings() {
        BackendProvider provider = ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found instanceof LinuxBridgeProvider)
                .findFirst()
                .orElseThrow();
        assertThat(provider.id()).isEqualTo(LinuxBridge.ID);
        assertThat(provider.configure(
                                Map.of("bridge", "vm0", "address", "10.9.0.1/24", "ip6", "off", "dns", "::1, 9.9.9.9"))
                        .id())
                .isEqualTo(LinuxBridge.ID);
        assertThatIllegalArgumentException().isThrownBy(() -> provider.configure(Map.of("dns", "one.one")));
        assertThatIllegalArgumentException().isThrownBy(() -> provider.configure(Map.of("ip6", "yes")));
    }
}
