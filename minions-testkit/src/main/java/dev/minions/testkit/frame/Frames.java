package dev.minions.testkit.frame;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Ethernet frames, also such as no operating system would send. */
public final class Frames {
    /** The number of TCP. */
    public static final int TCP = 6;
    /** The number of UDP. */
    public static final int UDP = 17;
    /** The number of ICMP. */
    public static final int ICMP = 1;
    /** The number of ICMPv6. */
    public static final int ICMP6 = 58;
    /** The flag of TCP that opens a connection. */
    public static final int SYN = 2;
    /** The flags of TCP that answer it. */
    public static final int SYN_ACK = 0x12;
    /** The operation of ARP that asks. */
    public static final int ARP_REQUEST = 1;
    /** The operation of ARP that answers. */
    public static final int ARP_REPLY = 2;
    /** The length of an Ethernet header. */
    public static final int ETHERNET = 14;

    private static final int IP4_HEADER = 20;
    private static final int IP6_HEADER = 40;

    private Frames() {}

    /** The six bytes of a MAC address with colons. */
    public static byte[] mac(String text) {
        return HexFormat.ofDelimiter(":").parseHex(text);
    }

    /** The bytes of an IP address, which is not looked up. */
    public static byte[] ip(String literal) {
        try {
            return InetAddress.getByName(literal).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(literal, e);
        }
    }

    /** Arrays, {@code short}s with the high byte first, and {@code int}s as one byte each, one behind the other. */
    public static byte[] bytes(Object... parts) {
        var all = new ByteArrayOutputStream();
        for (Object part : parts) {
            if (part instanceof byte[] array) {
                all.writeBytes(array);
            } else if (part instanceof Short number) {
                all.writeBytes(ByteBuffer.allocate(2).putShort(number).array());
            } else {
                all.write((Integer) part);
            }
        }
        return all.toByteArray();
    }

    /** A frame. */
    public static byte[] ethernet(String to, String from, int type, byte[] payload) {
        return bytes(mac(to), mac(from), (short) type, payload);
    }

    /** What is in a frame of ARP. */
    public static byte[] arp(int operation, String senderMac, String sender, String targetMac, String target) {
        return bytes(
                (short) 1,
                (short) 0x0800,
                6,
                4,
                (short) operation,
                mac(senderMac),
                ip(sender),
                mac(targetMac),
                ip(target));
    }

    /** A packet of IPv4 or IPv6, whichever the addresses are. */
    public static byte[] packet(String from, String to, int protocol, byte[] payload) {
        byte[] source = ip(from);
        byte[] target = ip(to);
        if (source.length == 16) {
            byte[] header = bytes(0x60, 0, 0, 0, (short) payload.length, protocol, 255);
            return bytes(header, source, target, payload);
        }
        byte[] header = bytes(
                0x45,
                0,
                (short) (IP4_HEADER + payload.length),
                (short) 0,
                (short) 0,
                64,
                protocol,
                (short) 0,
                source,
                target);
        ByteBuffer.wrap(header).putShort(10, (short) sum(header, 0));
        return bytes(header, payload);
    }

    /** A packet with a word in it. */
    public static byte[] udp(String from, String to, int fromPort, int toPort) {
        byte[] text = "hello".getBytes(StandardCharsets.US_ASCII);
        byte[] udp = bytes((short) fromPort, (short) toPort, (short) (8 + text.length), (short) 0, text);
        return packet(from, to, UDP, summed(from, to, UDP, udp, 6));
    }

    /** A packet that opens a connection. */
    public static byte[] syn(String from, String to, int fromPort, int toPort) {
        byte[] tcp = ByteBuffer.allocate(20)
                .putShort((short) fromPort)
                .putShort((short) toPort)
                .putInt(1000)
                .putInt(0)
                .putShort((short) (5 << 12 | SYN))
                .putShort((short) 0xFFFF)
                .array();
        return packet(from, to, TCP, summed(from, to, TCP, tcp, 16));
    }

    /** A packet that asks for an echo, of IPv4. */
    public static byte[] ping(String from, String to, int id) {
        byte[] echo = bytes(8, 0, (short) 0, (short) id, (short) 1, new byte[8]);
        ByteBuffer.wrap(echo).putShort(2, (short) sum(echo, 0));
        return packet(from, to, ICMP, echo);
    }

    /** A packet of ICMPv6 whose message has these bytes behind its checksum. */
    public static byte[] icmp6(String from, String to, int type, byte[] rest) {
        byte[] message = bytes(type, 0, (short) 0, rest);
        return packet(from, to, ICMP6, summed(from, to, ICMP6, message, 2));
    }

    private static byte[] summed(String from, String to, int protocol, byte[] payload, int at) {
        byte[] pseudo = bytes(ip(from), ip(to), (short) payload.length, (short) protocol);
        ByteBuffer.wrap(payload).putShort(at, (short) sum(payload, ~sum(pseudo, 0) & 0xFFFF));
        return payload;
    }

    private static int sum(byte[] bytes, int start) {
        long sum = start;
        for (int i = 0; i < bytes.length; i += 2) {
            sum += ((bytes[i] & 0xFF) << 8) + (i + 1 < bytes.length ? bytes[i + 1] & 0xFF : 0);
        }
        while (sum >> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }
        return (int) ~sum & 0xFFFF;
    }

    /** The type of what is in a frame. */
    public static int type(byte[] frame) {
        return number(frame, 12);
    }

    /** The transport protocol of a frame; -1 if it holds no packet. */
    public static int protocol(byte[] frame) {
        return switch (type(frame)) {
            case 0x0800 -> frame[ETHERNET + 9] & 0xFF;
            case 0x86DD -> frame[ETHERNET + 6] & 0xFF;
            default -> -1;
        };
    }

    /** Where the transport header of a frame begins. */
    public static int transport(byte[] frame) {
        return ETHERNET + (type(frame) == 0x0800 ? IP4_HEADER : IP6_HEADER);
    }

    /** Two bytes of a frame as a number. */
    public static int number(byte[] frame, int at) {
        return (frame[at] & 0xFF) << 8 | (frame[at + 1] & 0xFF);
    }
}
