package dev.minions.cli;

import dev.minions.cli.Settings.Chosen;
import dev.minions.client.json.InitJson;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code minions init}. */
final class InitCommand implements Verb {
    private static final String BRIDGE_NETWORK = "bridge";
    private static final List<Option> NETWORK = List.of(
            Option.value("NAME", "The bridge; br0 if not given", "--bridge"),
            Option.value("CIDR", "Its address, the first of its network; 10.0.0.1/16 if not given", "--address"),
            Option.value(
                    "PREFIX",
                    "Its 64 bits of IPv6, as fd12:3456:789a:1::, or 'off'; those of this host alone if not given",
                    "--ip6"),
            Option.value("ADDRESSES", "Name servers for guests, with commas; 1.1.1.1,8.8.8.8 if not given", "--dns"));
    private static final String PERSIST = "--persist";
    private static final String UNDO = "--undo";

    @Override
    public Syntax syntax() {
        return Syntax.of("init", "Set this host up for VMs on a bridge, as root")
                .with(NETWORK)
                .with(
                        Option.flag("Bring it, and the VMs that ran, back after each boot, by systemd", PERSIST),
                        Option.flag("Take all of it back and leave the host as it was found", UNDO))
                .note(
                        "",
                        "Makes a bridge, switches forwarding on, and adds two tables of nftables with all rules. Done",
                        "again it changes nothing, or mends what is missing. Rules of others are left alone; where",
                        "Docker or firewalld would drop what ours let through, one rule is added where they say so.");
    }

    @Override
    public Effect effect() {
        return Effect.MAKES;
    }

    @Override
    public int run(Session session) {
        Given given = session.given();
        boolean undo = given.has(UNDO);
        if (undo && given.has(PERSIST)) {
            throw new UsageException("--undo and --persist cannot both be meant");
        }
        Map<String, String> network = network(session);
        List<String> done = undo
                ? session.engines().undoInit(session.settings(), network)
                : session.engines().init(session.settings(), network, given.has(PERSIST));
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

    /** The settings of the configuration, if it names a bridge, and above them the options. */
    private static Map<String, String> network(Session session) {
        Map<String, String> values = new HashMap<>(session.settings()
                .network()
                .filter(chosen -> chosen.id().value().equals(BRIDGE_NETWORK))
                .map(Chosen::values)
                .orElse(Map.of()));
        for (Option option : NETWORK) {
            session.given()
                    .value(option.name())
                    .ifPresent(value -> values.put(option.name().substring(2), value));
        }
        return values;
    }
}
