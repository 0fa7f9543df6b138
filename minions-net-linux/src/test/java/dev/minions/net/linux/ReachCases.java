package dev.minions.net.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.AllowedSource;
import dev.minions.DataRate;
import dev.minions.PortForward;
import dev.minions.net.linux.TestBridge.Guest;
import dev.minions.spi.Network.NicRequest;
import dev.minions.testkit.frame.FrameEnd;
import dev.minions.testkit.frame.Frames;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who reaches whom. Run by {@link LinuxBridgeTest} in a namespace. */
@InNamespace
class ReachCases {
    private static final String OUTSIDE = "198.51.100.1";
    private static final String OUTSIDE6 = "2001:db8:1::1";
    private static final int SERVICE = 8000;

    private TestBridge host;

    @BeforeEach
    void setUp() throws IOException {
        host = new TestBridge();
    }

    @AfterEach
    void tearDown() throws IOException {
        host.close();
    }

    private static UnaryOperator<NicRequest> publishing(PortForward... ports) {
        return plain -> new NicRequest(
                plain.place(),
                plain.mac(),
                plain.address(),
                List.of(ports),
                plain.lifetime(),
                plain.allowFrom(),
                plain.bandwidth());
    }

    private static UnaryOperator<NicRequest> allowing(AllowedSource... sources) {
        return plain -> new NicRequest(
                plain.place(),
                plain.mac(),
                plain.address(),
                plain.publish(),
                plain.lifetime(),
                Set.of(sources),
                plain.bandwidth());
    }

    /** Begins a connection from this host and does not wait for it. */
    private static SocketChannel call(String address, int port) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.connect(new InetSocketAddress(InetAddress.getByName(address), port));
        return channel;
    }

    /** Begins a connection from outside. */
    private static void callFromOutside(String address, int port) throws IOException {
        new ProcessBuilder(
                        "nsenter",
                        "--target",
                        System.getenv("OUTSIDE"),
                        "--net",
                        "perl",
                        "-MIO::Socket::INET",
                        "-e",
                        "IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], Timeout => 2)",
                        address,
                        Integer.toString(port))
                .start();
    }

    @Test
    void aGuestReachesTheOutsideByNat() throws Exception {
        Guest guest = host.guest();
        assertThat(guest.pings(OUTSIDE)).isTrue();
        assertThat(guest.connect(OUTSIDE, 80))
                .as("it is closed there, and says so")
                .isEqualTo("refused");
    }

    @Test
    void aGuestReachesTheOutsideByIp6Too() throws Exception {
        Guest guest = host.guest();
        assertThat(guest.connect(OUTSIDE6, 80)).isEqualTo("refused");
    }

    @Test
    void aGuestReachesNoServiceOfTheHostOnAnyOfItsAddresses() throws Exception {
        Guest guest = host.guest();
        try (var everywhere = new ServerSocket(SERVICE, 5, InetAddress.getByName("::"))) {
            assertThat(everywhere.isBound()).isTrue();
            assertThat(guest.connect("10.0.0.1", SERVICE)).isEqualTo("prohibited");
            assertThat(guest.connect("198.51.100.2", SERVICE)).isEqualTo("prohibited");
            assertThat(guest.connect("127.0.0.1", SERVICE)).isEqualTo("silence");
            assertThat(guest.connect("2001:db8:1::2", SERVICE)).isEqualTo("prohibited");
            assertThat(guest.connect("fda1:b2c3:d4e5::1", SERVICE)).isEqualTo("prohibited");
            assertThat(guest.pings("10.0.0.1")).isFalse();
            TestBridge.run("nft", "flush", "chain", "inet", "minions_br0", "input");
            assertThat(guest.connect("10.0.0.1", SERVICE))
                    .as("the test can tell")
                    .isEqualTo("reached");
        }
    }

    @Test
    void aFrameThatTheBridgeWouldHandToTheHostItselfReachesNoService() throws Exception {
        Guest guest = host.guest();
        byte[] frame = Frames.ethernet(
                "01:80:c2:00:00:0e", guest.mac, 0x0800, Frames.udp(guest.address, "10.0.0.1", 5000, SERVICE));
        try (var service = new DatagramSocket(SERVICE)) {
            guest.end.send(frame);
            assertThat(hears(service)).isFalse();
            TestBridge.run("nft", "insert", "rule", "netdev", "minions_br0", "guard", "accept");
            guest.end.send(frame);
            assertThat(hears(service)).as("the test can tell").isTrue();
        }
    }

    private static boolean hears(DatagramSocket socket) throws IOException {
        socket.setSoTimeout(500);
        try {
            socket.receive(new DatagramPacket(new byte[64], 64));
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Test
    void whatCloudsKeepCredentialsOnIsNotReached() throws Exception {
        TestBridge.run(
                "nsenter",
                "--target",
                System.getenv("OUTSIDE"),
                "--net",
                "ip",
                "addr",
                "add",
                "169.254.169.254/32",
                "dev",
                "far");
        TestBridge.run("ip", "route", "replace", "169.254.169.254/32", "via", OUTSIDE);
        assertThat(host.guest().connect("169.254.169.254", 80)).isEqualTo("prohibited");
    }

    @Test
    void aGuestReachesNoOther() throws Exception {
        Guest one = host.guest();
        Guest two = host.guest();
        assertThat(one.connect(two.address, 80)).isEqualTo("prohibited");
        assertThat(one.connect(two.ip6, 80)).isEqualTo("prohibited");
        one.end.send(Frames.ethernet(two.mac, one.mac, 0x0800, Frames.syn(one.address, two.address, 5, 80)));
        one.end.send(Frames.ethernet(
                "ff:ff:ff:ff:ff:ff",
                one.mac,
                0x0806,
                Frames.arp(Frames.ARP_REQUEST, one.mac, one.address, "00:00:00:00:00:00", two.address)));
        assertThat(two.end.await(frame -> Frames.type(frame) == 0x0806 || Frames.protocol(frame) == Frames.TCP))
                .isNull();
    }

    @Test
    void theHostAnswersWhenAGuestAsksForAnothersAddress() throws Exception {
        Guest one = host.guest();
        one.end.send(Frames.ethernet(
                "ff:ff:ff:ff:ff:ff",
                one.mac,
                0x0806,
                Frames.arp(Frames.ARP_REQUEST, one.mac, one.address, "00:00:00:00:00:00", "10.0.0.77")));
        byte[] answer = one.end.await(frame -> Frames.type(frame) == 0x0806 && frame[21] == Frames.ARP_REPLY);
        assertThat(answer).isNotNull();
        assertThat(Arrays.copyOfRange(answer, 22, 28)).isEqualTo(Frames.mac(TestBridge.MAC));
    }

    @Test
    void aVmThatIsAllowedReachesTheOneThatAllowsIt() throws Exception {
        Guest client = host.guest();
        Guest server = host.guest(allowing(AllowedSource.vm(client.vm())));
        Guest stranger = host.guest();
        client.send(Frames.syn(client.address, server.address, 5000, 80));
        assertThat(server.isCalledOn(80)).isTrue();
        client.send(Frames.syn(client.ip6, server.ip6, 5000, 81));
        assertThat(server.isCalledOn(81)).isTrue();
        assertThat(server.connect(client.address, 80)).as("not the other way").isEqualTo("prohibited");
        assertThat(stranger.connect(server.address, 80)).isEqualTo("prohibited");
    }

    @Test
    void whoComesLaterWithTheSameAddressIsNotAllowed() throws Exception {
        Guest client = host.guest();
        Guest server = host.guest(allowing(AllowedSource.vm(client.vm())));
        client.end.close();
        host.network().detach(client.request.place());
        Guest heir = host.guest(plain -> new NicRequest(
                plain.place(), client.mac, client.address, List.of(), plain.lifetime(), Set.of(), Optional.empty()));
        assertThat(heir.connect(server.address, 80)).isEqualTo("prohibited");
        assertThat(heir.pings(OUTSIDE)).as("it is connected").isTrue();
    }

    @Test
    void addressesThatAreAllowedReachTheVmAndNoOthersDo() throws Exception {
        Guest open = host.guest(allowing(
                AllowedSource.parse("198.51.100.0/24"),
                AllowedSource.parse("198.51.100.1"),
                AllowedSource.parse("192.0.2.0/24")));
        Guest closed = host.guest();
        TestBridge.run(
                "nsenter",
                "--target",
                System.getenv("OUTSIDE"),
                "--net",
                "ip",
                "route",
                "replace",
                "10.0.0.0/16",
                "via",
                "198.51.100.2");
        try {
            callFromOutside(open.address, 80);
            assertThat(open.isCalledOn(80)).isTrue();
            callFromOutside(closed.address, 80);
            assertThat(closed.isCalledOn(80)).isFalse();
        } finally {
            TestBridge.run(
                    "nsenter", "--target", System.getenv("OUTSIDE"), "--net", "ip", "route", "del", "10.0.0.0/16");
        }
    }

    @Test
    void theHostReachesAGuestThatHasNeverSaidAnything() throws Exception {
        Guest guest = host.guest();
        try (SocketChannel four = call(guest.address, 80);
                SocketChannel six = call(guest.ip6, 81)) {
            assertThat(guest.isCalledOn(80)).isTrue();
            assertThat(guest.isCalledOn(81)).isTrue();
            assertThat(four.isOpen() && six.isOpen()).isTrue();
        }
    }

    @Test
    void aPublishedPortLeadsFromTheHostsLoopbackAndNotFromOutside() throws Exception {
        // Another port for the outside: the host may call again on the first while nobody answers.
        Guest guest = host.guest(publishing(PortForward.of(18_080, 80), PortForward.of(18_083, 81)));
        try (SocketChannel caller = call("127.0.0.1", 18_080)) {
            assertThat(caller.isOpen()).isTrue();
            byte[] syn = Objects.requireNonNull(guest.end.await(frame -> Frames.protocol(frame) == Frames.TCP));
            assertThat(Arrays.copyOfRange(syn, 26, 30))
                    .as("from an address the guest can answer")
                    .isEqualTo(Frames.ip("10.0.0.1"));
        }
        callFromOutside("198.51.100.2", 18_083);
        assertThat(guest.isCalledOn(81)).isFalse();
    }

    @Test
    void aConnectionToAPublishedPortIsAnswered() throws Exception {
        Guest guest = host.guest(publishing(PortForward.of(18_082, 80)));
        try (SocketChannel caller = call("127.0.0.1", 18_082)) {
            byte[] syn = Objects.requireNonNull(guest.end.await(frame -> Frames.protocol(frame) == Frames.TCP));
            int from = Frames.number(syn, Frames.transport(syn));
            byte[] answer = Frames.syn(guest.address, "10.0.0.1", 80, from); // a simultaneous open: it ends in both
            guest.send(answer);
            assertThat(guest.end.await(frame ->
                            Frames.protocol(frame) == Frames.TCP && (frame[Frames.transport(frame) + 13] & 0x10) != 0))
                    .as("the host's acknowledgement")
                    .isNotNull();
            assertThat(caller.isOpen()).isTrue();
        }
    }

    @Test
    void aPortPublishedEverywhereLeadsFromOutsideAndNotFromOtherGuests() throws Exception {
        Guest guest = host.guest(publishing(PortForward.parse("0.0.0.0:18081:80")));
        callFromOutside("198.51.100.2", 18_081);
        assertThat(guest.isCalledOn(80)).isTrue();
        try (SocketChannel caller = call("198.51.100.2", 18_081)) {
            assertThat(caller.isOpen()).isTrue();
            assertThat(guest.isCalledOn(80)).as("from the host itself").isTrue();
        }
        assertThat(host.guest().connect("198.51.100.2", 18_081)).isEqualTo("prohibited");
    }

    @Test
    void aLimitHoldsInBothDirections() throws Exception {
        Guest guest = host.guest(plain -> new NicRequest(
                plain.place(),
                plain.mac(),
                plain.address(),
                List.of(),
                plain.lifetime(),
                Set.of(),
                Optional.of(new DataRate(512_000))));
        int sent = 2000;
        byte[] echo = Frames.packet(
                guest.address,
                OUTSIDE,
                Frames.UDP,
                Frames.bytes((short) 1, (short) 9, (short) 1000, (short) 0, new byte[992]));
        try (FrameEnd sniffer = FrameEnd.listeningTo("br0")) {
            for (int i = 0; i < sent; i++) {
                guest.send(echo);
            }
            int passed = 0;
            while (sniffer.await(frame -> Frames.protocol(frame) == Frames.UDP) != null) {
                passed++;
            }
            // A second's worth and the burst, 128 kB, of 2 MB; and what a slow machine takes meanwhile.
            assertThat(passed).as("from the guest").isBetween(60, sent / 2);
        }
        int received = 0;
        try (var socket = new DatagramSocket()) {
            var datagram = new DatagramPacket(new byte[1000], 1000, new InetSocketAddress(guest.address, 9));
            for (int i = 0; i < sent; i++) {
                trySend(socket, datagram);
            }
        }
        while (guest.end.await(frame -> Frames.protocol(frame) == Frames.UDP) != null) {
            received++;
        }
        assertThat(received).as("to the guest").isBetween(60, sent / 2);
    }

    /** A program of this host is told when a packet of its own is dropped. */
    private static void trySend(DatagramSocket socket, DatagramPacket datagram) throws IOException {
        try {
            socket.send(datagram);
        } catch (SocketException dropped) {
            assertThat(dropped).hasMessageContaining("not permitted");
        }
    }
}
