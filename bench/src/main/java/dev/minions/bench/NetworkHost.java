package dev.minions.bench;

import dev.minions.PortForward;
import dev.minions.VmId;
import dev.minions.net.linux.LinuxBridge;
import dev.minions.spi.AddressPlan;
import dev.minions.spi.BackendContext;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.spi.Network;
import dev.minions.spi.Network.NicRequest;
import dev.minions.spi.Nic;
import dev.minions.spi.VmPlace;
import dev.minions.spi.process.HostCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A program in a network namespace of its own, with a bridge and so many VMs on it that never run. It reads commands, a
 * line each, and answers with milliseconds: {@code ours}, to attach one more VM; {@code peer}, the same with a process
 * for each change; {@code pump N}, to send so many packets from the first VM to the outside.
 */
final class NetworkHost implements AutoCloseable {
    /**
     * Writes frames to a TAP device as fast as it takes them: each has passed all rules when the write returns. The
     * frame is a UDP packet for an address to which nothing answers.
     */
    private static final String PUMP = """
            sysopen(my $tap, '/dev/net/tun', 2) or die "open: $!";
            ioctl($tap, 0x400454ca, my $request = pack('a16 S x22', $ARGV[0], 0x5002)) or die "take: $!";
            my $frame = "\\0" x 10 . pack('H*', $ARGV[1]);
            $| = 1;
            print "ready\\n";
            while (my $count = <STDIN>) {
                for (my $i = 0; $i < $count; $i++) { syswrite($tap, $frame); }
                print "done\\n";
            }
            """;

    private static final PrintStream OUT = System.out;
    private static final String MAC = "02:a1:b2:c3:d4:e5";
    private static final int FIRST_CID = 3;

    private final Path directory;
    private final Network network;
    private int cid = FIRST_CID;

    private NetworkHost(Path directory) {
        this.directory = directory;
        var context = new BackendContext("a1b2c3d4e5f6", directory, directory);
        LinuxBridge bridge = LinuxBridge.named("br0");
        bridge.init(context);
        this.network = bridge.open(context);
    }

    /** Arguments: a directory, and how many VMs there are to be. */
    public static void main(String[] arguments) throws Exception {
        try (var host = new NetworkHost(Path.of(arguments[0]));
                var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            Nic first = host.network.attach(host.request());
            for (int i = 1; i < Integer.parseInt(arguments[1]); i++) {
                host.network.attach(host.request());
            }
            host.serve(in, ((Nic.Endpoint.Tap) first.endpoint()).device());
        }
    }

    private void serve(BufferedReader in, String device) throws Exception {
        var builder = new ProcessBuilder("perl", "-e", PUMP, device, frame());
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        Process pump = builder.start();
        try (var pumped = pump.inputReader();
                var orders = pump.outputWriter()) {
            pumped.readLine();
            OUT.println("ready");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ", -1);
                double millis = switch (words[0]) {
                    case "ours" -> ours();
                    case "peer" -> peer();
                    default -> {
                        Stopwatch watch = new Stopwatch();
                        orders.write(words[1] + "\n");
                        orders.flush();
                        pumped.readLine();
                        yield watch.millis();
                    }
                };
                OUT.printf(Locale.ROOT, "%.4f%n", millis);
            }
        }
    }

    private NicRequest request() throws IOException {
        VmId vm = VmId.random();
        int own = cid++;
        Path records = Files.createDirectories(directory.resolve("vms").resolve(vm.toString()));
        return new NicRequest(
                new VmPlace(vm, own, records, directory.resolve(vm.shortForm())),
                String.format("52:54:00:00:%02x:%02x", own >> 8, own & 0xFF),
                AddressPlan.text(network.addresses().first() + own - FIRST_CID),
                List.of(PortForward.of(20_000 + own, 80)),
                Lifetime.DURABLE,
                Set.of(),
                Optional.empty());
    }

    private double ours() throws IOException {
        NicRequest request = request();
        Stopwatch watch = new Stopwatch();
        network.attach(request);
        double millis = watch.millis();
        network.detach(request.place());
        return millis;
    }

    /** What an attach changes, by a process for each device, address, element, chain and rule. */
    private double peer() throws IOException {
        NicRequest request = request();
        String device = "mn" + request.place().vm().shortForm();
        Stopwatch watch = new Stopwatch();
        for (List<String> command : commands(request, device)) {
            HostCommand.of(command).run();
        }
        double millis = watch.millis();
        HostCommand.of("ip", "link", "del", device).run();
        return millis;
    }

    private static List<List<String>> commands(NicRequest request, String device) {
        String own = device + " . " + request.mac() + " . ";
        String six = "fda1:b2c3:d4e5::" + request.place().cid();
        List<String> lines = new ArrayList<>(List.of(
                "ip tuntap add dev " + device + " mode tap vnet_hdr",
                "ip link set dev " + device + " addrgenmode none",
                "ip link set dev " + device + " alias " + device,
                "ip link set dev " + device + " master br0",
                "ip link set dev " + device + " up",
                "bridge fdb replace " + request.mac() + " dev " + device + " master static"));
        for (String setting :
                List.of("isolated on", "learning off", "flood off", "mcast_flood off", "bcast_flood off")) {
            lines.add("bridge link set dev " + device + " " + setting);
        }
        for (String address :
                List.of(request.address(), six, "fe80::" + request.place().cid())) {
            lines.add("ip neigh replace " + address + " lladdr " + request.mac() + " dev br0 nud permanent");
        }
        String element = "nft add element ";
        lines.add(element + "netdev minions_br0 cards4 { " + own + request.address() + " }");
        lines.add(element + "netdev minions_br0 cards6 { " + own + six + " }");
        lines.add(element + "netdev minions_br0 cards6 { " + own + "fe80::"
                + request.place().cid() + " }");
        lines.add(element + "inet minions_br0 tags4 { " + request.address() + " : 7 }");
        lines.add(element + "inet minions_br0 tags6 { " + six + " : 7 }");
        lines.add(element + "inet minions_br0 ports4 { 127.0.0.1 . "
                + request.publish().get(0).hostPort() + " : " + request.address() + " . 80 }");
        lines.add("nft add chain netdev minions_br0 " + device + " { type filter hook ingress device " + device
                + " priority filter ; }");
        lines.add("nft add rule netdev minions_br0 " + device + " jump guard");
        return lines.stream().map(line -> List.of(line.split(" ", -1))).toList();
    }

    /** From the first VM to 198.51.100.1, UDP, 64 bytes in all. */
    private static String frame() {
        String ethernet = (MAC + ":52:54:00:00:00:03").replace(":", "") + "0800";
        String ip4 = "45000032000040004011" + "8e1d" + "0a000002" + "c6336401";
        return ethernet + ip4 + "03e80009001e0000" + "00".repeat(22);
    }

    @Override
    public void close() {
        network.close(); // the rest goes with the namespace
    }
}
