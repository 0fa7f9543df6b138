package dev.minions.testkit.frame;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a guest can send to a bridge, honestly and in the name of another.
 *
 * @param bridge the bridge's MAC address
 * @param mac the guest's
 * @param address its IPv4 address
 * @param ip6 its IPv6 address
 * @param linkLocal its address of the link
 * @param gateway the bridge's IPv4 address
 */
public record Disguises(String bridge, String mac, String address, String ip6, String linkLocal, String gateway) {
    private static final String OUTSIDE = "198.51.100.1";
    private static final String OUTSIDE6 = "2001:db8:1::1";
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

    /** Frames that the guest may send, by what they are. */
    public Map<String, byte[]> honest() {
        Map<String, byte[]> frames = new LinkedHashMap<>();
        frames.put("IPv4", honestPacket());
        frames.put("IPv6", Frames.ethernet(bridge, mac, IP6, Frames.udp(ip6, OUTSIDE6, 1, 2)));
        frames.put("IPv6 of the link", Frames.ethernet(bridge, mac, IP6, Frames.udp(linkLocal, "fe80::1", 1, 2)));
        frames.put("ARP", arp(mac, Frames.ARP_REQUEST, mac, address));
        frames.put(
                "who has the gateway",
                Frames.ethernet(
                        "33:33:ff:00:00:01",
                        mac,
                        IP6,
                        Frames.icmp6(ip6, "ff02::1:ff00:1", SOLICITATION, solicitation("fe80::1"))));
        return frames;
    }

    /** One of them. */
    public byte[] honestPacket() {
        return Frames.ethernet(bridge, mac, IP4, Frames.udp(address, OUTSIDE, 1, 2));
    }

    /** Frames that it may not send, each under what is wrong with it. */
    public Map<String, byte[]> forged() {
        Map<String, byte[]> frames = new LinkedHashMap<>();
        frames.put("MAC", Frames.ethernet(bridge, OTHER_MAC, IP4, Frames.udp(address, OUTSIDE, 1, 2)));
        frames.put("IPv4", Frames.ethernet(bridge, mac, IP4, Frames.udp(OTHER, OUTSIDE, 1, 2)));
        frames.put("the gateway", Frames.ethernet(bridge, mac, IP4, Frames.udp(gateway, OUTSIDE, 1, 2)));
        frames.put("loopback", Frames.ethernet(bridge, mac, IP4, Frames.udp("127.0.0.1", OUTSIDE, 1, 2)));
        frames.put("IPv6", Frames.ethernet(bridge, mac, IP6, Frames.udp(OTHER6, OUTSIDE6, 1, 2)));
        frames.put("IPv6 gateway", Frames.ethernet(bridge, mac, IP6, Frames.udp("fe80::1", OUTSIDE6, 1, 2)));
        frames.put("IPv6 with another MAC", Frames.ethernet(bridge, OTHER_MAC, IP6, Frames.udp(ip6, OUTSIDE6, 1, 2)));
        addNeighbours(frames);
        addOddities(frames);
        return frames;
    }

    private void addNeighbours(Map<String, byte[]> frames) {
        frames.put("ARP for another", arp(mac, Frames.ARP_REPLY, mac, OTHER));
        frames.put("ARP for the gateway", arp(mac, Frames.ARP_REPLY, mac, gateway));
        frames.put("ARP with another MAC inside", arp(mac, Frames.ARP_REPLY, OTHER_MAC, address));
        frames.put("ARP with another MAC outside", arp(OTHER_MAC, Frames.ARP_REPLY, mac, address));
        frames.put("router advertisement", icmp6(linkLocal, ROUTER_ADVERTISEMENT, new byte[12]));
        frames.put("redirect", icmp6(linkLocal, REDIRECT, new byte[36]));
        frames.put("neighbour advertisement", icmp6(ip6, ADVERTISEMENT, solicitation(OTHER6)));
        frames.put("router advertisement behind a header", hidden(ROUTER_ADVERTISEMENT));
        frames.put("DHCP answer", Frames.ethernet(bridge, mac, IP4, Frames.udp(address, "255.255.255.255", 67, 68)));
        frames.put("DHCPv6 answer", Frames.ethernet(bridge, mac, IP6, Frames.udp(linkLocal, "fe80::1", 547, 546)));
    }

    private void addOddities(Map<String, byte[]> frames) {
        frames.put("VLAN", vlan(0));
        frames.put("VLAN 5", vlan(5));
        frames.put("spanning tree", Frames.ethernet("01:80:c2:00:00:00", mac, 38, new byte[38]));
        frames.put("another protocol", Frames.ethernet(bridge, mac, 0x88CC, new byte[46]));
        frames.put(
                "multicast",
                Frames.ethernet("01:00:5e:00:00:fb", mac, IP4, Frames.udp(address, "224.0.0.251", 5353, 5353)));
        frames.put("too short", Arrays.copyOf(Frames.ethernet(bridge, mac, IP4, new byte[] {0x45}), 15));
    }

    /** A frame that says this guest has that IPv4 address. */
    public byte[] claim(String another) {
        return arp(mac, Frames.ARP_REPLY, mac, another);
    }

    /** A frame that says this guest has that IPv6 address. */
    public byte[] claim6(String another) {
        return icmp6(ip6, ADVERTISEMENT, solicitation(another));
    }

    /** Who sends frames in this guest's place. */
    @FunctionalInterface
    public interface Sender {
        /** Sends them in their order. */
        void send(List<byte[]> frames) throws Exception;
    }

    /**
     * Which of the forged frames are heard at the bridge, by name. An honest one behind them says when all are through.
     *
     * @throws IllegalStateException if that one is not heard
     */
    public List<String> passing(FrameEnd heardAtBridge, Sender sender) throws Exception {
        Map<String, byte[]> frames = forged();
        byte[] last = honestPacket();
        List<byte[]> all = new ArrayList<>(frames.values());
        all.add(last);
        sender.send(all);
        List<String> passed = new ArrayList<>();
        byte[] heard = heardAtBridge.await(frame -> true);
        while (heard != null && !Arrays.equals(heard, last)) {
            for (Map.Entry<String, byte[]> frame : frames.entrySet()) {
                if (Arrays.equals(heard, frame.getValue())) {
                    passed.add(frame.getKey());
                }
            }
            heard = heardAtBridge.await(frame -> true);
        }
        if (heard == null) {
            throw new IllegalStateException("the honest frame behind the others was not heard");
        }
        return passed;
    }

    private byte[] arp(String from, int operation, String senderMac, String sender) {
        return Frames.ethernet(BROADCAST, from, ARP, Frames.arp(operation, senderMac, sender, NOBODY, gateway));
    }

    private static byte[] solicitation(String target) {
        return Frames.bytes(new byte[4], Frames.ip(target));
    }

    private byte[] icmp6(String from, int type, byte[] rest) {
        return Frames.ethernet(ALL_NODES_MAC, mac, IP6, Frames.icmp6(from, ALL_NODES, type, rest));
    }

    /** What looks at the first header only passes it over: a hop-by-hop header stands before it. */
    private byte[] hidden(int type) {
        byte[] plain = Frames.icmp6(linkLocal, "fe80::1", type, new byte[12]);
        byte[] message = Arrays.copyOfRange(plain, 40, plain.length);
        byte[] payload = Frames.bytes(Frames.ICMP6, 0, 1, 4, new byte[4], message);
        return Frames.ethernet(bridge, mac, IP6, Frames.packet(linkLocal, "fe80::1", 0, payload));
    }

    private byte[] vlan(int id) {
        byte[] packet = Frames.udp(address, OUTSIDE, 1, 2);
        return Frames.ethernet(bridge, mac, 0x8100, Frames.bytes((short) id, (short) IP4, packet));
    }
}
