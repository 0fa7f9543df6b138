package dev.minions.net.linux;

import dev.minions.HostReport.Finding;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.Network;
import dev.minions.spi.process.HostProgram;
import dev.minions.spi.process.HostUser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A bridge of this host that VMs are connected to, each by a TAP device of its own.
 *
 * <p>A guest reaches the outside, by NAT, and neither this host nor another guest. It can use its own MAC, IPv4 and
 * IPv6 address and no other. This host reaches every guest; others do where a port is published or a VM allows them.
 *
 * <p>The bridge belongs to one data directory. It is made by {@link #init}, once, as root; from then on the backend
 * works, until {@link #undo} or the next boot of the host. Immutable; any thread may use it.
 *
 * {@snippet :
 * LinuxBridge bridge = LinuxBridge.named("br0");
 * bridge.init(context); // what minions init does
 * LocalMinions.builder().network(bridge).build();
 * }
 */
public final class LinuxBridge implements BackendFactory<Network> {
    /** The name of a bridge that nobody has named. */
    public static final String DEFAULT_NAME = "br0";

    private static final Path TUN = Path.of("/dev/net/tun");

    static final BackendId ID = BackendId.of("bridge");

    private final String name;
    private final Wishes wishes;

    /** What was said of a bridge; null for what was not. An empty prefix means that there is to be no IPv6. */
    record Wishes(
            @Nullable String address,
            @Nullable String ip6,
            @Nullable List<String> dns) {}

    private LinuxBridge(String name, Wishes wishes) {
        this.name = name;
        this.wishes = wishes;
    }

    /**
     * The bridge of that name, with 10.0.0.1/16, a network of IPv6 that no other installation has, and 1.1.1.1 and
     * 8.8.8.8 as name servers; or, where it was set up, as it was.
     *
     * @param name 1 to 15 lower-case letters, digits and hyphens
     */
    public static LinuxBridge named(String name) {
        BridgeSettings.requireName(name);
        return new LinuxBridge(name, new Wishes(null, null, null));
    }

    /**
     * The same with another network.
     *
     * @param cidr the bridge's address, the first of its network, and the length of the prefix: 8 to 30
     */
    public LinuxBridge address(String cidr) {
        BridgeSettings.of(name, cidr, Optional.empty(), List.of());
        return new LinuxBridge(name, new Wishes(cidr, wishes.ip6, wishes.dns));
    }

    /**
     * The same with another network of IPv6.
     *
     * @param prefix its 64 bits, for example {@code fd12:3456:789a:1::}
     */
    public LinuxBridge ip6(String prefix) {
        BridgeSettings.of(name, "10.0.0.1/16", Optional.of(prefix), List.of());
        return new LinuxBridge(name, new Wishes(wishes.address, prefix, wishes.dns));
    }

    /** The same without IPv6. */
    public LinuxBridge withoutIp6() {
        return new LinuxBridge(name, new Wishes(wishes.address, "", wishes.dns));
    }

    /**
     * The same with other name servers for guests, which reach them by the way they reach everything outside.
     *
     * @param addresses IP addresses, at least one
     */
    public LinuxBridge dns(List<String> addresses) {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("a network needs at least one name server");
        }
        addresses.forEach(LinuxBridge::requireLiteral);
        return new LinuxBridge(name, new Wishes(wishes.address, wishes.ip6, List.copyOf(addresses)));
    }

    private static void requireLiteral(String address) {
        try {
            if (!address.matches("[0-9a-fA-F:.]+")
                    || InetAddress.getByName(address).isAnyLocalAddress()) {
                throw new IllegalArgumentException("a name server must be an IP address, got '" + address + "'");
            }
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("a name server must be an IP address, got '" + address + "'", e);
        }
    }

    @Override
    public BackendId id() {
        return ID;
    }

    @Override
    public List<Finding> probe() {
        String subject = "network 'bridge'";
        if (!HostUser.isRoot()) {
            return List.of(Finding.error(subject, "needs root", "run as root, or use network 'user'"));
        }
        for (String program : List.of("ip", "bridge", "nft")) {
            if (HostProgram.find(program).isEmpty()) {
                String advice = program.equals("nft") ? Tools.NFTABLES : Tools.IPROUTE;
                return List.of(Finding.error(subject, "needs the program '" + program + "'", advice));
            }
        }
        if (!everybodyMayWrite(TUN)) {
            return List.of(Finding.error(
                    subject, "VMMs do not run as root, and may not open '" + TUN + "'", "chmod 0666 " + TUN));
        }
        return List.of(
                BridgeNetwork.exists(name)
                        ? Finding.ok(subject, "device '" + name + "' is there")
                        : Finding.error(subject, "there is no bridge '" + name + "'", "minions init"));
    }

    private static boolean everybodyMayWrite(Path device) {
        try {
            return Files.getPosixFilePermissions(device)
                    .containsAll(Set.of(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE));
        } catch (IOException e) {
            return false; // it is not there either
        }
    }

    /**
     * Opens it. Reads two files and starts no program.
     *
     * @throws MinionsException {@code NETWORK_ERROR} if the caller is not root, or the bridge was not set up by this
     *     data directory, or not as it is named here
     */
    @Override
    public Network open(BackendContext context) {
        if (!HostUser.isRoot()) {
            throw new MinionsException(ErrorCode.NETWORK_ERROR, "network 'bridge' needs root");
        }
        var setup = new HostSetup(name, context);
        BridgeSettings settings = setup.current()
                .orElseThrow(() -> new MinionsException(
                        ErrorCode.NETWORK_ERROR,
                        "network 'bridge': bridge '" + name + "' is not set up; run 'minions init'"));
        setup.requireOurs();
        setup.requireAsRecorded(settings, wishes);
        return new BridgeNetwork(wished(settings), setup.mark());
    }

    /** The name servers are nobody's but the guest's: they may change from one start to the next. */
    private BridgeSettings wished(BridgeSettings settings) {
        return wishes.dns == null
                ? settings
                : new BridgeSettings(
                        settings.name(), settings.gateway(), settings.prefixLength(), settings.ip6Prefix(), wishes.dns);
    }

    /**
     * Sets the host up: the bridge, forwarding, the rules, and the one rule that Docker or firewalld need. Done again
     * it changes nothing, or mends what is missing; VMs that run stay connected.
     *
     * @param context whose bridge it is to be
     * @return what was changed, a sentence each; empty if nothing was
     * @throws MinionsException {@code NETWORK_ERROR} if there is such a device that is not this data directory's, the
     *     addresses are in use, or the bridge was set up with others; nothing has changed then
     */
    public List<String> init(BackendContext context) {
        return new HostSetup(name, context).init(wishes, Optional.empty());
    }

    /**
     * The same, and again after each boot of the host, before the VMs that ran are started.
     *
     * @param boot what systemd is to call
     */
    public List<String> init(BackendContext context, AtBoot boot) {
        return new HostSetup(name, context).init(wishes, Optional.of(boot));
    }

    /**
     * Takes all of it back, and puts what {@link #init} changed as it was found.
     *
     * @return what was changed, a sentence each; empty if there was nothing
     * @throws MinionsException {@code WRONG_STATE} if VMs are connected; nothing has changed then
     */
    public List<String> undo(BackendContext context) {
        return new HostSetup(name, context).undo();
    }

    /**
     * The commands that systemd calls after a boot, each a program's absolute path and its arguments.
     *
     * @param network does what {@link #init} does
     * @param machines starts the VMs that ran; called after the other
     */
    public record AtBoot(List<String> network, List<String> machines) {
        /** Copies the lists. */
        public AtBoot {
            network = List.copyOf(network);
            machines = List.copyOf(machines);
        }
    }
}
