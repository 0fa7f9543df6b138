package dev.minions.hypervisor.qemu;

import dev.minions.PortForward;
import dev.minions.VmId;
import dev.minions.spi.BackendContext;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.Network;
import dev.minions.spi.Network.NicRequest;
import dev.minions.spi.Nic;
import dev.minions.spi.VmPlace;
import java.io.IOException;
import java.io.PrintStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs in a network namespace of its own: services on every address of that host, a guest on its user network that
 * tries to reach them, and one line of output for each attempt.
 */
final class ReachProgram {
    static final int SERVICE = 8000;
    static final int PUBLISHED = 18_080;

    private static final PrintStream OUT = System.out;

    private ReachProgram() {}

    private static List<ServerSocket> listen(List<String> addresses) throws IOException {
        var services = new ArrayList<ServerSocket>();
        for (String address : addresses) {
            services.add(new ServerSocket(SERVICE, 5, InetAddress.getByName(address)));
        }
        return services;
    }

    private static void printWhatIsLeft() throws IOException {
        OUT.println("left "
                + new String(
                                new ProcessBuilder("nft", "list", "tables")
                                        .start()
                                        .getInputStream()
                                        .readAllBytes(),
                                java.nio.charset.StandardCharsets.UTF_8)
                        .strip());
        System.exit(0);
    }

    /** Arguments: a directory, an outside address, whether to tear the rules down at the end, the host's addresses. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        List<String> addresses = List.of(arguments).subList(3, arguments.length);
        List<ServerSocket> services = listen(addresses);
        var datagrams = new ArrayList<DatagramSocket>();
        for (String address : addresses) {
            datagrams.add(new DatagramSocket(new InetSocketAddress(InetAddress.getByName(address), SERVICE)));
        }
        var context = new BackendContext("fedcba987654", directory, directory);
        try (Network network = UserNetwork.onThisHost().open(context)) {
            OUT.println("network " + network.description());
            var place = new VmPlace(
                    VmId.random(), 41_000, Files.createDirectories(directory.resolve("vm")), directory.resolve("run"));
            Nic nic = network.attach(new NicRequest(
                    place,
                    "52:54:00:00:00:03",
                    "10.0.0.2",
                    List.of(PortForward.of(PUBLISHED, 80)),
                    MachineSpec.Lifetime.EPHEMERAL));
            try (var guest = new FrameGuest(((Nic.Endpoint.Socket) nic.endpoint()).path(), "10.0.0.2", "fd00:77::99")) {
                attempt(guest, addresses, datagrams);
                OUT.println("outside " + guest.ping(arguments[1]));
                publish(guest);
                if ("tear-down".equals(arguments[2])) {
                    new ProcessBuilder("nft", "flush", "ruleset").start().waitFor();
                    OUT.println("unconfined " + guest.connect(addresses.get(0), SERVICE));
                }
            } finally {
                network.detach(place);
            }
        }
        for (ServerSocket service : services) {
            service.close();
        }
        printWhatIsLeft();
    }

    private static void attempt(FrameGuest guest, List<String> addresses, List<DatagramSocket> datagrams)
            throws Exception {
        for (String address : addresses) {
            OUT.println("tcp " + address + " " + guest.connect(address, SERVICE));
            guest.datagram(address, SERVICE);
            if (!address.contains(":")) {
                OUT.println("ping " + address + " " + guest.ping(address));
            }
        }
        for (int i = 0; i < addresses.size(); i++) {
            OUT.println("udp " + addresses.get(i) + " " + (hears(datagrams.get(i)) ? "REACHED" : "SILENCE"));
        }
    }

    private static boolean hears(DatagramSocket socket) throws IOException {
        socket.setSoTimeout(300);
        try {
            socket.receive(new java.net.DatagramPacket(new byte[64], 64));
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    private static void publish(FrameGuest guest) throws Exception {
        try (var client = new Socket()) {
            client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), PUBLISHED), 2000);
            OUT.println("published " + guest.isCalledOn(80));
        }
    }
}
