package dev.minions.net.linux;

import dev.minions.VmId;
import dev.minions.spi.AddressPlan;
import dev.minions.spi.BackendContext;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.spi.Network;
import dev.minions.spi.Network.NicRequest;
import dev.minions.spi.VmPlace;
import dev.minions.spi.process.HostCommand;
import dev.minions.spi.process.HostDirectory;
import dev.minions.testkit.Await;
import dev.minions.testkit.frame.FrameEnd;
import dev.minions.testkit.frame.Frames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** A bridge of the namespace that the test runs in, and guests on it. */
final class TestBridge implements AutoCloseable {
    static final String INSTALLATION = "a1b2c3d4e5f6";
    static final String MAC = "02:a1:b2:c3:d4:e5";

    private final Path root;
    final BackendContext context;
    final LinuxBridge bridge;
    private final Network network;
    private final List<Guest> guests = new ArrayList<>();
    private int lastCid = 2;

    TestBridge() throws IOException {
        root = Files.createTempDirectory("mb");
        context = new BackendContext(
                INSTALLATION, Files.createDirectory(root.resolve("data")), Files.createDirectory(root.resolve("run")));
        bridge = LinuxBridge.named("br0");
        bridge.init(context);
        network = bridge.open(context);
    }

    Network network() {
        return network;
    }

    VmPlace newPlace(VmId vm) throws IOException {
        Path records = context.dataDirectory().resolve("vms").resolve(vm.toString());
        return new VmPlace(
                vm,
                ++lastCid,
                Files.createDirectories(records),
                context.socketDirectory().resolve(vm.shortForm()));
    }

    /** A request for a new VM, as the engine makes it. */
    NicRequest request(VmPlace place) {
        return new NicRequest(
                place,
                String.format("52:54:00:00:00:%02x", place.cid()),
                AddressPlan.text(network.addresses().first() + place.cid() - 3),
                List.of(),
                Lifetime.DURABLE,
                Set.of(),
                Optional.empty());
    }

    /** A VM that is connected, and the guest in it. */
    Guest guest(UnaryOperator<NicRequest> more) throws IOException {
        NicRequest request = more.apply(request(newPlace(VmId.random())));
        network.attach(request);
        Guest guest = new Guest(request);
        guests.add(guest);
        return guest;
    }

    Guest guest() throws IOException {
        return guest(request -> request);
    }

    static String run(String... command) {
        return HostCommand.of(List.of(command)).run().stdout();
    }

    @Override
    public void close() throws IOException {
        for (Guest guest : guests) {
            guest.end.close();
            network.detach(guest.request.place());
        }
        bridge.undo(context);
        HostDirectory.remove(root);
    }

    /** A guest without an operating system. */
    static final class Guest {
        final NicRequest request;
        final FrameEnd end;
        final String mac;
        final String address;
        final String ip6;
        final String linkLocal;
        private int port = 40_000;

        private Guest(NicRequest request) throws IOException {
            this.request = request;
            this.mac = request.mac();
            this.address = request.address();
            AddressPlan.Ip6 plan = new AddressPlan.Ip6("fda1:b2c3:d4e5::", "fe80::1");
            this.ip6 = plan.address(AddressPlan.number(address));
            this.linkLocal =
                    String.format("fe80::5054:ff:fe00:%x", request.place().cid());
            String device = Card.device(request.place().vm());
            this.end = FrameEnd.ofTap(device);
            awaitForwarding(Path.of("/sys/class/net", device, "brport/state"));
        }

        /** The bridge hears a moment later that somebody has the device open. */
        private static void awaitForwarding(Path state) {
            Await.until(state + " is 3", Duration.ofSeconds(5), () -> {
                try {
                    return Files.readString(state).strip().equals("3");
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }

        VmId vm() {
            return request.place().vm();
        }

        /** Sends a packet as a guest should. */
        void send(byte[] packet) throws IOException {
            int type = packet[0] >> 4 == 6 ? 0x86DD : 0x0800;
            end.send(Frames.ethernet(MAC, mac, type, packet));
        }

        /** What becomes of a TCP connection to there: the flags of the answer; empty for silence. */
        String connect(String target, int to) throws Exception {
            int from = ++port;
            send(Frames.syn(target.contains(":") ? ip6 : address, target, from, to));
            byte[] answer = end.await(frame -> {
                int protocol = Frames.protocol(frame);
                return (protocol == Frames.TCP && Frames.number(frame, Frames.transport(frame) + 2) == from)
                        || (protocol == Frames.ICMP && frame[Frames.transport(frame)] == 3)
                        || (protocol == Frames.ICMP6 && frame[Frames.transport(frame)] == 1);
            });
            if (answer == null) {
                return "silence";
            }
            if (Frames.protocol(answer) != Frames.TCP) {
                return "prohibited";
            }
            return (answer[Frames.transport(answer) + 13] & Frames.SYN_ACK) == Frames.SYN_ACK ? "reached" : "refused";
        }

        boolean pings(String target) throws Exception {
            int id = ++port;
            send(Frames.ping(address, target, id));
            return end.await(frame -> Frames.protocol(frame) == Frames.ICMP
                            && frame[Frames.transport(frame)] == 0
                            && Frames.number(frame, Frames.transport(frame) + 4) == id)
                    != null;
        }

        /** Whether somebody begins a TCP connection to that port of the guest. */
        boolean isCalledOn(int at) throws Exception {
            return end.await(frame -> Frames.protocol(frame) == Frames.TCP
                            && Frames.number(frame, Frames.transport(frame) + 2) == at
                            && frame[Frames.transport(frame) + 13] == Frames.SYN)
                    != null;
        }
    }
}
