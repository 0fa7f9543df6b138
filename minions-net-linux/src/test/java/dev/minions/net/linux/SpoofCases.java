package dev.minions.net.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.net.linux.TestBridge.Guest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a guest pretends to be. Run by {@link LinuxBridgeTest} in a namespace. */
class SpoofCases {
    private static final String OUTSIDE = "198.51.100.1";
    private static final String BROADCAST = "ff:ff:ff:ff:ff:ff";
    private static final String NOBODY = "00:00:00:00:00:00";
    private static final String OTHER_MAC = "52:54:00:00:00:99";
    private static final String OTHER = "10.0.0.99";
    private static final String OTHER6 = "fda1:b2c3:d4e5::a00:63";
    private static final String ALL_NODES = "ff02::1";
    private static final String ALL_NODES_MAC = "33:33:00:00:00:01";
    private static final int IP4 = 0x0800;
    private static final int IP6 = 0x86DD;
    private static final int ARP = 0x0806;
    private static final int ROUTER_ADVERTISEMENT = 134;
    private static final int SOLICITATION = 135;
    private static final int ADVERTISEMENT = 136;
    private static final int REDIRECT = 137;

    private TestBridge host;
    private Guest guest;

    @BeforeEach
    void setUp() throws IOException {
        host = new TestBridge();
        guest = host.guest();
    }

    @AfterEach
    void tearDown() throws IOException {
        host.close();
    }

    /** Frames that a guest may send. */
    private Map<String, byte[]> honest() {
        Map<String, byte[]> frames = new LinkedHashMap<>();
        frames.put("IPv4", honestPacket());
        frames.put(
                "IPv6", Frames.ethernet(TestBridge.MAC, guest.mac, IP6, Frames.udp(guest.ip6, "2001:db8:1::1", 1, 2)));
        frames.put(
                "IPv6 of the link",
                Frames.ethernet(TestBridge.MAC, guest.mac, IP6, Frames.udp(guest.linkLocal, "fe80::1", 1, 2)));
        frames.put("ARP", arp(guest.mac, Frames.ARP_REQUEST, guest.mac, guest.address));
        frames.put(
                "who has the gateway",
                Frames.ethernet(
                        "33:33:ff:00:00:01",
                        guest.mac,
                        IP6,
                        Frames.icmp6(guest.ip6, "ff02::1:ff00:1", SOLICITATION, solicitation("fe80::1"))));
        return frames;
    }

    private byte[] honestPacket() {
        return Frames.ethernet(TestBridge.MAC, guest.mac, IP4, Frames.udp(guest.address, OUTSIDE, 1, 2));
    }

    private Map<String, byte[]> forged() {
        Map<String, byte[]> frames = new LinkedHashMap<>();
        frames.put("MAC", Frames.ethernet(TestBridge.MAC, OTHER_MAC, IP4, Frames.udp(guest.address, OUTSIDE, 1, 2)));
        frames.put("IPv4", Frames.ethernet(TestBridge.MAC, guest.mac, IP4, Frames.udp(OTHER, OUTSIDE, 1, 2)));
        frames.put(
                "the gateway", Frames.ethernet(TestBridge.MAC, guest.mac, IP4, Frames.udp("10.0.0.1", OUTSIDE, 1, 2)));
        frames.put("loopback", Frames.ethernet(TestBridge.MAC, guest.mac, IP4, Frames.udp("127.0.0.1", OUTSIDE, 1, 2)));
        frames.put("IPv6", Frames.ethernet(TestBridge.MAC, guest.mac, IP6, Frames.udp(OTHER6, "2001:db8:1::1", 1, 2)));
        frames.put(
                "IPv6 gateway",
                Frames.ethernet(TestBridge.MAC, guest.mac, IP6, Frames.udp("fe80::1", "2001:db8:1::1", 1, 2)));
        frames.put(
                "IPv6 with another MAC",
                Frames.ethernet(TestBridge.MAC, OTHER_MAC, IP6, Frames.udp(guest.ip6, "2001:db8:1::1", 1, 2)));
        frames.put("ARP for another", arp(guest.mac, Frames.ARP_REPLY, guest.mac, OTHER));
        frames.put("ARP for the gateway", arp(guest.mac, Frames.ARP_REPLY, guest.mac, "10.0.0.1"));
        frames.put("ARP with another MAC inside", arp(guest.mac, Frames.ARP_REPLY, OTHER_MAC, guest.address));
        frames.put("ARP with another MAC outside", arp(OTHER_MAC, Frames.ARP_REPLY, guest.mac, guest.address));
        frames.put("router advertisement", icmp6(guest.linkLocal, ROUTER_ADVERTISEMENT, new byte[12]));
        frames.put("redirect", icmp6(guest.linkLocal, REDIRECT, new byte[36]));
        frames.put("neighbour advertisement", icmp6(guest.ip6, ADVERTISEMENT, solicitation(OTHER6)));
        frames.put("router advertisement behind a header", hidden(ROUTER_ADVERTISEMENT));
        frames.put(
                "DHCP answer",
                Frames.ethernet(TestBridge.MAC, guest.mac, IP4, Frames.udp(guest.address, "255.255.255.255", 67, 68)));
        frames.put(
                "DHCPv6 answer",
                Frames.ethernet(TestBridge.MAC, guest.mac, IP6, Frames.udp(guest.linkLocal, "fe80::1", 547, 546)));
        frames.put("VLAN", vlan(0));
        frames.put("VLAN 5", vlan(5));
        frames.put("spanning tree", Frames.ethernet("01:80:c2:00:00:00", guest.mac, 38, new byte[38]));
        frames.put("another protocol", Frames.ethernet(TestBridge.MAC, guest.mac, 0x88CC, new byte[46]));
        frames.put(
                "multicast",
                Frames.ethernet(
                        "01:00:5e:00:00:fb", guest.mac, IP4, Frames.udp(guest.address, "224.0.0.251", 5353, 5353)));
        frames.put("too short", Arrays.copyOf(Frames.ethernet(TestBridge.MAC, guest.mac, IP4, new byte[] {0x45}), 15));
        return frames;
    }

    private static byte[] arp(String from, int operation, String senderMac, String sender) {
        return Frames.ethernet(BROADCAST, from, ARP, Frames.arp(operation, senderMac, sender, NOBODY, "10.0.0.1"));
    }

    private static byte[] solicitation(String target) {
        return Frames.bytes(new byte[4], Frames.ip(target));
    }

    private byte[] icmp6(String from, int type, byte[] rest) {
        return Frames.ethernet(ALL_NODES_MAC, guest.mac, IP6, Frames.icmp6(from, ALL_NODES, type, rest));
    }

    /** What looks at the first header only passes it over: a hop-by-hop header stands before it. */
    private byte[] hidden(int type) {
        byte[] plain = Frames.icmp6(guest.linkLocal, "fe80::1", type, new byte[12]);
        byte[] message = Arrays.copyOfRange(plain, 40, plain.length);
        byte[] payload = Frames.bytes(Frames.ICMP6, 0, 1, 4, new byte[4], message);
        return Frames.ethernet(TestBridge.MAC, guest.mac, IP6, Frames.packet(guest.linkLocal, "fe80::1", 0, payload));
    }

    private byte[] vlan(int id) {
        byte[] packet = Frames.udp(guest.address, OUTSIDE, 1, 2);
        return Frames.ethernet(TestBridge.MAC, guest.mac, 0x8100, Frames.bytes((short) id, (short) IP4, packet));
    }

    @Test
    void whatAGuestMaySendReachesTheBridge() throws Exception {
        try (FrameEnd bridge = FrameEnd.listeningTo("br0")) {
            for (Map.Entry<String, byte[]> frame : honest().entrySet()) {
                guest.end.send(frame.getValue());
                assertThat(bridge.await(heard -> same(heard, frame.getValue())))
                        .as(frame.getKey())
                        .isNotNull();
            }
        }
    }

    @Test
    void whatAGuestForgesDoesNotReachTheBridge() throws Exception {
        assertThat(passing(forged())).isEmpty();
    }

    @Test
    void withoutTheGuardForgeriesWouldPass() throws Exception {
        TestBridge.run("nft", "insert", "rule", "netdev", "minions_br0", "guard", "accept");
        assertThat(passing(forged()))
                .contains("MAC", "IPv4", "IPv6", "ARP for another", "router advertisement", "redirect");
    }

    /** Which of the frames are heard at the bridge, by name; an honest one behind them says when all are through. */
    private List<String> passing(Map<String, byte[]> frames) throws Exception {
        try (FrameEnd bridge = FrameEnd.listeningTo("br0")) {
            for (byte[] frame : frames.values()) {
                guest.end.send(frame);
            }
            byte[] last = honestPacket();
            guest.end.send(last);
            var passed = new ArrayList<String>();
            byte[] heard = bridge.await(frame -> true);
            while (heard != null && !same(heard, last)) {
                for (Map.Entry<String, byte[]> frame : frames.entrySet()) {
                    if (same(heard, frame.getValue())) {
                        passed.add(frame.getKey());
                    }
                }
                heard = bridge.await(frame -> true);
            }
            assertThat(heard).as("the honest frame at the end").isNotNull();
            return passed;
        }
    }

    private static boolean same(byte[] heard, byte[] sent) {
        return Arrays.equals(heard, sent);
    }

    @Test
    void noGuestCanTellTheHostWhereAnAddressIs() throws Exception {
        Guest other = host.guest();
        TestBridge.run("nft", "insert", "rule", "netdev", "minions_br0", "guard", "accept");
        guest.end.send(arp(guest.mac, Frames.ARP_REPLY, guest.mac, other.address));
        guest.end.send(icmp6(guest.ip6, ADVERTISEMENT, solicitation(other.ip6)));
        guest.pings(OUTSIDE);
        assertThat(TestBridge.run("ip", "neigh", "show", "dev", "br0", "to", other.address))
                .contains(other.mac)
                .contains("PERMANENT");
    }
}
