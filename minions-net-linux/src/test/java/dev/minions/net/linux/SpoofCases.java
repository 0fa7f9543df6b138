package dev.minions.net.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.net.linux.TestBridge.Guest;
import dev.minions.testkit.frame.Disguises;
import dev.minions.testkit.frame.FrameEnd;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a guest pretends to be. Run by {@link LinuxBridgeTest} in a namespace. */
@InNamespace
class SpoofCases {
    private static final String OUTSIDE = "198.51.100.1";

    private TestBridge host;
    private Guest guest;
    private Disguises disguises;

    @BeforeEach
    void setUp() throws IOException {
        host = new TestBridge();
        guest = host.guest();
        disguises = new Disguises(TestBridge.MAC, guest.mac, guest.address, guest.ip6, guest.linkLocal, "10.0.0.1");
    }

    @AfterEach
    void tearDown() throws IOException {
        host.close();
    }

    @Test
    void whatAGuestMaySendReachesTheBridge() throws Exception {
        try (FrameEnd bridge = FrameEnd.listeningTo("br0")) {
            for (Map.Entry<String, byte[]> frame : disguises.honest().entrySet()) {
                guest.end.send(frame.getValue());
                assertThat(bridge.await(heard -> Arrays.equals(heard, frame.getValue())))
                        .as(frame.getKey())
                        .isNotNull();
            }
        }
    }

    @Test
    void whatAGuestForgesDoesNotReachTheBridge() throws Exception {
        assertThat(passing()).isEmpty();
    }

    @Test
    void withoutTheGuardForgeriesWouldPass() throws Exception {
        TestBridge.run("nft", "insert", "rule", "netdev", "minions_br0", "guard", "accept");
        assertThat(passing()).contains("MAC", "IPv4", "IPv6", "ARP for another", "router advertisement", "redirect");
    }

    private List<String> passing() throws Exception {
        try (FrameEnd bridge = FrameEnd.listeningTo("br0")) {
            return disguises.passing(bridge, frames -> {
                for (byte[] frame : frames) {
                    guest.end.send(frame);
                }
            });
        }
    }

    @Test
    void noGuestCanTellTheHostWhereAnAddressIs() throws Exception {
        Guest other = host.guest();
        TestBridge.run("nft", "insert", "rule", "netdev", "minions_br0", "guard", "accept");
        guest.end.send(disguises.claim(other.address));
        guest.end.send(disguises.claim6(other.ip6));
        guest.pings(OUTSIDE);
        assertThat(TestBridge.run("ip", "neigh", "show", "dev", "br0", "to", other.address))
                .contains(other.mac)
                .contains("PERMANENT");
    }
}
