package dev.minions.hypervisor.qemu;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A guest without an operating system: it writes Ethernet frames as it likes, which no rule inside a guest prevents. */
final class FrameGuest implements Closeable {
    /** What became of an attempt. */
    enum Answer {
        REACHED,
        REFUSED,
        SILENCE
    }

    private static final byte[] MAC = {0x52, 0x54, 0, 0, 0, 3};
    private static final byte[] OTHER_MAC = {(byte) 0x9a, 0x55, (byte) 0x9a, 0x55, (byte) 0x9a, 0x55};
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMP = 1;
    private static final int SYN = 2;
    private static final int RST = 4;
    private static final int SYN_ACK = 0x12;

    private final SocketChannel channel;
    private final InetAddress four;
    private final InetAddress six;
    private final LinkedBlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
    private int port = 40_000;

    FrameGuest(Path socket, String four, String six) throws IOException {
        this.four = InetAddress.getByName(four);
        this.six = InetAddress.getByName(six);
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        Thread.ofPlatform().daemon().start(this::receive);
    }

    /** Begins a TCP connection. */
    Answer connect(String address, int to) throws Exception {
        InetAddress target = InetAddress.getByName(address);
        int from = ++port;
        ByteBuffer tcp = ByteBuffer.allocate(20);
        tcp.putShort((short) from).putShort((short) to).putInt(1000).putInt(0);
        tcp.putShort((short) (5 << 12 | SYN)).putShort((short) 0xFFFF);
        send(target, TCP, withChecksum(target, TCP, tcp.array(), 16));
        byte[] answer = await(frame -> protocol(frame) == TCP && number(frame, payload(frame) + 2) == from);
        if (answer == null) {
            return Answer.SILENCE;
        }
        int flags = answer[payload(answer) + 13];
        return (flags & SYN_ACK) == SYN_ACK ? Answer.REACHED : Answer.REFUSED;
    }

    /** Sends a datagram. */
    void datagram(String address, int to) throws IOException {
        InetAddress target = InetAddress.getByName(address);
        ByteBuffer udp = ByteBuffer.allocate(12);
        udp.putShort((short) ++port).putShort((short) to).putShort((short) 12).putShort((short) 0);
        udp.put("ping".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        send(target, UDP, withChecksum(target, UDP, udp.array(), 6));
    }

    /** Pings an IPv4 address. */
    Answer ping(String address) throws Exception {
        ByteBuffer icmp = ByteBuffer.allocate(16);
        int id = ++port;
        icmp.put((byte) 8)
                .put((byte) 0)
                .putShort((short) 0)
                .putShort((short) id)
                .putShort((short) 1);
        byte[] packet = icmp.array();
        int sum = sum(packet, 0);
        packet[2] = (byte) (sum >> 8);
        packet[3] = (byte) sum;
        send(InetAddress.getByName(address), ICMP, packet);
        byte[] answer = await(frame -> protocol(frame) == ICMP && number(frame, payload(frame) + 4) == id);
        return answer == null ? Answer.SILENCE : answer[payload(answer)] == 0 ? Answer.REACHED : Answer.REFUSED;
    }

    /** Waits for a TCP connection from outside. */
    boolean isCalledOn(int guestPort) throws Exception {
        return await(frame -> protocol(frame) == TCP
                        && number(frame, payload(frame) + 2) == guestPort
                        && (frame[payload(frame) + 13] & (SYN | RST)) == SYN)
                != null;
    }

    private byte[] await(Predicate<byte[]> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(1).toNanos();
        while (true) {
            byte[] frame = received.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (frame == null || wanted.test(frame)) {
                return frame;
            }
        }
    }

    private void receive() {
        try (var in = new DataInputStream(Channels.newInputStream(channel))) {
            while (true) {
                byte[] frame = new byte[in.readInt()];
                in.readFully(frame);
                received.add(frame);
            }
        } catch (EOFException e) {
            received.add(new byte[64]);
        } catch (IOException e) {
            received.clear();
        }
    }

    private void send(InetAddress target, int protocol, byte[] payload) throws IOException {
        boolean isSix = target.getAddress().length == 16;
        ByteBuffer packet = ByteBuffer.allocate(14 + (isSix ? 40 : 20) + payload.length);
        packet.put(OTHER_MAC).put(MAC).putShort((short) (isSix ? 0x86DD : 0x0800));
        if (isSix) {
            packet.putInt(6 << 28)
                    .putShort((short) payload.length)
                    .put((byte) protocol)
                    .put((byte) 64);
            packet.put(six.getAddress()).put(target.getAddress());
        } else {
            packet.put((byte) 0x45)
                    .put((byte) 0)
                    .putShort((short) (20 + payload.length))
                    .putInt(0x0001_0000);
            packet.put((byte) 64).put((byte) protocol).putShort((short) 0);
            packet.put(four.getAddress()).put(target.getAddress());
            packet.putShort(24, (short) sum(java.util.Arrays.copyOfRange(packet.array(), 14, 34), 0));
        }
        packet.put(payload);
        var out = new DataOutputStream(Channels.newOutputStream(channel));
        out.write(ByteBuffer.allocate(4 + packet.capacity())
                .putInt(packet.capacity())
                .put(packet.array())
                .array());
    }

    private byte[] withChecksum(InetAddress target, int protocol, byte[] payload, int at) {
        byte[] from = target.getAddress().length == 16 ? six.getAddress() : four.getAddress();
        int pseudo = protocol + payload.length + plainSum(from) + plainSum(target.getAddress());
        int sum = sum(payload, pseudo);
        payload[at] = (byte) (sum >> 8);
        payload[at + 1] = (byte) sum;
        return payload;
    }

    private static int plainSum(byte[] bytes) {
        int sum = 0;
        for (int i = 0; i < bytes.length; i += 2) {
            sum += (bytes[i] & 0xFF) << 8 | (bytes[i + 1] & 0xFF);
        }
        return sum;
    }

    private static int sum(byte[] bytes, int begin) {
        int sum = begin + plainSum(bytes);
        while (sum >> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }
        return ~sum & 0xFFFF;
    }

    private static int protocol(byte[] frame) {
        int type = number(frame, 12);
        return type == 0x0800 ? frame[23] : type == 0x86DD ? frame[20] : -1;
    }

    private static int payload(byte[] frame) {
        return number(frame, 12) == 0x0800 ? 34 : 54;
    }

    private static int number(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
