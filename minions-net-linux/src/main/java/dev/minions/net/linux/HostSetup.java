package dev.minions.net.linux;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.net.linux.LinuxBridge.AtBoot;
import dev.minions.net.linux.LinuxBridge.Wishes;
import dev.minions.spi.AddressPlan;
import dev.minions.spi.BackendContext;
import dev.minions.spi.process.HostUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What {@code minions init} does to a host, and its undo.
 *
 * <p>What was found is in a file of the data directory before anything changes, so that whoever comes later can put it
 * back, also after a crash half-way. Every step may be done again, and undoing passes over what is not there.
 */
final class HostSetup {
    private static final String DEFAULT_ADDRESS = "10.0.0.1/16";
    private static final List<String> DEFAULT_DNS = List.of("1.1.1.1", "8.8.8.8");
    private static final Path DEVICES = Path.of("/sys/class/net");

    private final String name;
    private final BackendContext context;
    private final SetupRecord record;
    private final String mark;

    HostSetup(String name, BackendContext context) {
        this.name = name;
        this.context = context;
        this.record = new SetupRecord(context.dataDirectory().resolve("bridge-" + name), name);
        this.mark = "minions " + context.installation();
    }

    /** What devices and rules of this installation are marked with. */
    String mark() {
        return mark;
    }

    /** The settings the bridge was set up with. */
    Optional<BridgeSettings> current() {
        return record.read().settings();
    }

    /**
     * Refuses a device that this installation did not make.
     *
     * @throws MinionsException {@code NETWORK_ERROR}
     */
    void requireOurs() {
        String alias = alias();
        if (alias.equals(mark)) {
            return;
        }
        String why = !BridgeNetwork.exists(name)
                ? "it is not there; run 'minions init'"
                : alias.startsWith("minions ")
                        ? "it belongs to another data directory (installation " + alias.substring(8) + ")"
                        : "there is such a device and it is not ours";
        throw new MinionsException(ErrorCode.NETWORK_ERROR, "network 'bridge': bridge '" + name + "': " + why);
    }

    private String alias() {
        try {
            Path file = DEVICES.resolve(name).resolve("ifalias");
            return Files.exists(file) ? Files.readString(file).strip() : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Refuses wishes that the bridge was not set up with.
     *
     * @throws MinionsException {@code NETWORK_ERROR}
     */
    void requireAsRecorded(BridgeSettings settings, Wishes wishes) {
        String address = wishes.address();
        String ip6 = wishes.ip6();
        String has = settings.ip6Prefix().orElse("");
        if ((address != null && !address.equals(settings.cidr())) || (ip6 != null && !ip6.equals(has))) {
            throw new MinionsException(
                    ErrorCode.NETWORK_ERROR,
                    "network 'bridge': bridge '" + name + "' was set up with " + settings.cidr() + " and "
                            + (has.isEmpty() ? "no IPv6" : has + "/64")
                            + "; 'minions init --undo' comes before others");
        }
    }

    List<String> init(Wishes wishes, Optional<AtBoot> boot) {
        if (!HostUser.isRoot()) {
            throw new MinionsException(ErrorCode.NETWORK_ERROR, "set up bridge '" + name + "': this needs root");
        }
        List<String> done = new ArrayList<>();
        SetupRecord.Content content = record.read();
        BridgeSettings settings = settings(content, wishes);
        boolean bridgeThere = BridgeNetwork.exists(name);
        if (bridgeThere) {
            requireOurs();
        } else {
            requireUnused(settings);
        }
        content.begin(settings, () -> Sysctls.forwarding(name));
        record.write(content);
        boolean rulesThere =
                Tools.nftHas("table", "netdev", settings.table()) && Tools.nftHas("table", "inet", settings.table());
        List<Card> cards = bridgeThere && rulesThere ? List.of() : connected();
        makeBridge(settings, bridgeThere, cards, done);
        forward(settings, content, done);
        makeRules(settings, rulesThere, cards, done);
        letThrough(content, done);
        boot.ifPresent(commands -> persist(commands, content, done));
        return done;
    }

    private BridgeSettings settings(SetupRecord.Content content, Wishes wishes) {
        Optional<BridgeSettings> current = content.settings();
        List<String> dns = wishes.dns();
        if (current.isPresent()) {
            BridgeSettings before = current.get();
            requireAsRecorded(before, wishes);
            return new BridgeSettings(
                    name,
                    before.gateway(),
                    before.prefixLength(),
                    before.ip6Prefix(),
                    dns == null ? before.dns() : dns);
        }
        String ip6 = wishes.ip6();
        Optional<String> prefix =
                Optional.of(ip6 == null ? ownPrefix() : ip6).filter(text -> !text.isEmpty() && Sysctls.hasIp6());
        String address = wishes.address();
        return BridgeSettings.of(
                name, address == null ? DEFAULT_ADDRESS : address, prefix, dns == null ? DEFAULT_DNS : dns);
    }

    /** A network of IPv6 for this installation alone (RFC 4193): 40 bits of its id, which is random. */
    private String ownPrefix() {
        String id = context.installation();
        return Stream.of("fd" + id.substring(0, 2), id.substring(2, 6), id.substring(6, 10))
                        .map(group -> Integer.toHexString(Integer.parseInt(group, 16)))
                        .reduce((a, b) -> a + ":" + b)
                        .orElseThrow()
                + "::";
    }

    /** The bridge's MAC address: local, and the same at each boot. */
    private String mac() {
        String id = context.installation();
        StringBuilder mac = new StringBuilder("02");
        for (int i = 0; i < 10; i += 2) {
            mac.append(':').append(id, i, i + 2);
        }
        return mac.toString();
    }

    /** Two networks with the same addresses: one of them would lose its own. */
    private void requireUnused(BridgeSettings settings) {
        try {
            for (NetworkInterface device : NetworkInterface.networkInterfaces().toList()) {
                for (InterfaceAddress address : device.getInterfaceAddresses()) {
                    if (address.getAddress() instanceof Inet4Address four
                            && settings.overlaps(
                                    AddressPlan.number(four.getHostAddress()), address.getNetworkPrefixLength())) {
                        throw new MinionsException(
                                ErrorCode.NETWORK_ERROR,
                                "set up bridge '" + name + "': its network " + settings.cidr() + " overlaps with "
                                        + four.getHostAddress() + "/" + address.getNetworkPrefixLength() + " of '"
                                        + device.getName() + "'; choose another, for example --address 10.213.0.1/16");
                    }
                }
            }
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.NETWORK_ERROR, "list this host's addresses: " + e.getMessage(), e);
        }
    }

    private void makeBridge(BridgeSettings settings, boolean there, List<Card> cards, List<String> done) {
        StringBuilder lines = new StringBuilder();
        if (!there) {
            lines.append("link add dev ").append(name).append(" address ").append(mac());
            lines.append(" type bridge stp_state 0 forward_delay 0 mcast_snooping 0\n");
        }
        String device = "link set dev " + name;
        lines.append(device).append(" addrgenmode none alias \"").append(mark).append("\"\n");
        lines.append("address replace ")
                .append(settings.cidr())
                .append(" dev ")
                .append(name)
                .append('\n');
        settings.ip6Prefix().ifPresent(prefix -> {
            lines.append("address replace " + BridgeSettings.IP6_GATEWAY + "/64 dev " + name + " nodad\n");
            lines.append("address replace " + prefix + "1/64 dev " + name + " nodad\n");
        });
        lines.append(device).append(" up\n");
        cards.forEach(card -> lines.append(new CardLinks(settings, card).connect(mark + " " + card.vm())));
        Tools.ip(lines.toString());
        if (!cards.isEmpty()) {
            Tools.bridge(String.join(
                    "",
                    cards.stream()
                            .map(card -> new CardLinks(settings, card).place())
                            .toList()));
        }
        Sysctls.bridge(name);
        if (!there) {
            done.add("bridge '" + name + "' has " + settings.cidr()
                    + settings.ip6Prefix()
                            .map(prefix -> " and " + prefix + "1/64")
                            .orElse(""));
        }
    }

    private void forward(BridgeSettings settings, SetupRecord.Content content, List<String> done) {
        Map<String, String> before = Sysctls.forwarding(name);
        Sysctls.forward(name, settings.ip6Prefix().isPresent());
        Map<String, String> changed = new TreeMap<>(Sysctls.forwarding(name));
        changed.entrySet().removeAll(before.entrySet());
        if (!changed.isEmpty()) {
            done.add("forwarding is on (" + changed.size() + " settings below /proc/sys/net were changed)");
        }
        content.changed(changed);
        record.write(content);
    }

    private void makeRules(BridgeSettings settings, boolean there, List<Card> cards, List<String> done) {
        StringBuilder script = new StringBuilder(BridgeRules.make(settings, mac()));
        cards.forEach(card -> script.append(new CardRules(settings, card).add()));
        Tools.nft(script.toString());
        if (!there) {
            done.add("nftables: tables 'netdev " + settings.table() + "' and 'inet " + settings.table() + "'"
                    + (cards.isEmpty() ? "" : ", with " + cards.size() + " VMs that run"));
        }
    }

    /** The cards of VMs whose devices are there, as their files have them. */
    private List<Card> connected() {
        Path vms = context.dataDirectory().resolve("vms");
        if (!Files.isDirectory(vms)) {
            return List.of();
        }
        try (Stream<Path> directories = Files.list(vms)) {
            return directories
                    .map(directory -> new StateFile(directory.resolve(BridgeNetwork.CARD_FILE)).read())
                    .flatMap(Optional::stream)
                    .map(Card::ofValues)
                    .filter(card -> BridgeNetwork.exists(card.device()))
                    .toList();
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "list '" + vms + "': " + e, e);
        }
    }

    private void letThrough(SetupRecord.Content content, List<String> done) {
        var firewalls = new OtherFirewalls(name, mark);
        for (String where : firewalls.missing()) {
            content.addFirewall(where);
            record.write(content);
            done.add(firewalls.add(where));
        }
    }

    private void persist(AtBoot boot, SetupRecord.Content content, List<String> done) {
        content.addDirectories(BootUnits.missingDirectories());
        record.write(content);
        if (new BootUnits(name, mark).write(boot)) {
            done.add("systemd: minions-network-" + name + ".service and minions-vms-" + name
                    + ".service bring bridge and VMs back after a boot");
        }
    }

    List<String> undo() {
        SetupRecord.Content content = record.read();
        Optional<BridgeSettings> settings = content.settings();
        if (settings.isEmpty()) {
            return List.of();
        }
        boolean there = BridgeNetwork.exists(name);
        if (there) {
            requireOurs();
            requireNobody();
        }
        List<String> done = new ArrayList<>();
        if (new BootUnits(name, mark).remove(content.directories())) {
            done.add("systemd: both units are removed");
        }
        var firewalls = new OtherFirewalls(name, mark);
        for (String where : content.firewalls()) {
            firewalls.remove(where);
            done.add(where + ": the rule is removed");
        }
        Tools.nft(BridgeRules.remove(settings.get()));
        done.add("nftables: both tables are removed");
        if (there) {
            Tools.ip("link del dev " + name + "\n");
            done.add("bridge '" + name + "' is removed");
        }
        Sysctls.restore(content.toRestore(Sysctls::read));
        done.add("forwarding is as it was");
        record.delete();
        return done;
    }

    private void requireNobody() {
        Path ports = DEVICES.resolve(name).resolve("brif");
        try (Stream<Path> devices = Files.list(ports)) {
            List<String> names =
                    devices.map(port -> port.getFileName().toString()).sorted().toList();
            if (!names.isEmpty()) {
                throw new MinionsException(
                        ErrorCode.WRONG_STATE,
                        "remove bridge '" + name + "': "
                                + (names.size() == 1 ? "1 device is" : names.size() + " devices are")
                                + " connected (" + names.get(0) + (names.size() > 1 ? ", …" : "")
                                + "); stop or destroy the VMs first");
            }
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "list '" + ports + "': " + e, e);
        }
    }
}
