package dev.minions.cli;

import dev.minions.ByteSize;
import dev.minions.cli.Settings.Chosen;
import dev.minions.client.json.InitJson;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code minions init}. */
final class InitCommand implements Verb {
    private static final String BRIDGE_NETWORK = "bridge";
    private static final String POOL_VOLUMES = "lvm";
    private static final List<Option> NETWORK = List.of(
            Option.value("NAME", "The bridge; br0 if not given", "--bridge"),
            Option.value("CIDR", "Its address, the first of its network; 10.0.0.1/16 if not given", "--address"),
            Option.value(
                    "PREFIX",
                    "Its 64 bits of IPv6, as fd12:3456:789a:1::, or 'off'; those of this host alone if not given",
                    "--ip6"),
            Option.value("ADDRESSES", "Name servers for guests, with commas; 1.1.1.1,8.8.8.8 if not given", "--dns"));
    private static final String LVM_DEVICE = "--lvm-device";
    private static final String LVM_FILE = "--lvm-file";
    private static final List<Option> POOL = List.of(
            Option.value("DEVICE", "Make a thin pool of LVM too, on this device, which must be empty", LVM_DEVICE),
            Option.value(
                    "SIZE",
                    "Make a thin pool of LVM too, in a file of this size, which takes all of it; a bare number is GB",
                    LVM_FILE));
    private static final String PERSIST = "--persist";
    private static final String UNDO = "--undo";

    @Override
    public Syntax syntax() {
        return Syntax.of("init", "Set this host up for VMs, with a bridge and, if asked, a thin pool of LVM; as root")
                .with(NETWORK)
                .with(POOL)
                .with(
                        Option.flag("Bring it, and the VMs that ran, back after each boot, by systemd", PERSIST),
                        Option.flag("Take all of it back and leave the host as it was found", UNDO))
                .note(
                        "",
                        "Makes a bridge, switches forwarding on, and adds two tables of nftables with all rules. Done",
                        "again it changes nothing, or mends what is missing. Rules of others are left alone; where",
                        "Docker or firewalld would drop what ours let through, one rule is added where they say so.",
                        "",
                        "VMs are made in a thin pool where the configuration says so: [volumes] id = \"lvm\".");
    }

    @Override
    public Effect effect() {
        return Effect.MAKES;
    }

    @Override
    public int run(Session session) {
        Given given = session.given();
        boolean undo = given.has(UNDO);
        if (undo && (given.has(PERSIST) || place(given).isPresent())) {
            throw new UsageException("--undo takes all back, and cannot be meant with what makes something");
        }
        var setup = new HostSetup(
                network(session),
                configured(session.settings().volumes(), POOL_VOLUMES),
                place(given),
                given.has(PERSIST));
        List<String> done = undo
                ? session.engines().undoInit(session.settings(), setup)
                : session.engines().init(session.settings(), setup);
        if (session.json()) {
            session.screen().json(new InitJson(done));
        } else if (!session.quiet()) {
            done.forEach(session.screen()::line);
            if (done.isEmpty()) {
                session.screen().line(undo ? "there is nothing to take back" : "all is as it should be");
            }
        }
        return Exit.OK;
    }

    private static Optional<HostSetup.Place> place(Given given) {
        Optional<HostSetup.Place> device = given.value(LVM_DEVICE).map(Path::of).map(HostSetup.OnDevice::new);
        Optional<HostSetup.Place> file =
                given.value(LVM_FILE).map(size -> new HostSetup.InFile(Values.size(LVM_FILE, size, ByteSize.Unit.GB)));
        if (device.isPresent() && file.isPresent()) {
            throw new UsageException("--lvm-device and --lvm-file cannot both be meant");
        }
        return device.or(() -> file);
    }

    /** The settings of the configuration, if it names that backend. */
    private static Map<String, String> configured(Optional<Chosen> chosen, String backend) {
        return chosen.filter(one -> one.id().value().equals(backend))
                .map(Chosen::values)
                .orElse(Map.of());
    }

    /** The configured ones, and above them the options. */
    private static Map<String, String> network(Session session) {
        Map<String, String> values = new HashMap<>(configured(session.settings().network(), BRIDGE_NETWORK));
        for (Option option : NETWORK) {
            session.given()
                    .value(option.name())
                    .ifPresent(value -> values.put(option.name().substring(2), value));
        }
        return values;
    }
}
