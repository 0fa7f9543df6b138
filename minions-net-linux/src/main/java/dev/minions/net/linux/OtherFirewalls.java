package dev.minions.net.linux;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.HostCommand;
import dev.minions.spi.process.HostProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The rule that other programs' firewalls need to let our packets through. That ours accept a packet is not enough:
 * every chain may still drop it, and Docker's and firewalld's do. Each documents one place for such a rule.
 */
final class OtherFirewalls {
    private static final String CHAIN = "DOCKER-USER";
    private static final Map<String, String> DOCKER = Map.of("iptables", "ip", "ip6tables", "ip6");
    private static final String FIREWALLD = "firewall-cmd";

    private final String bridge;
    private final String mark;

    OtherFirewalls(String bridge, String mark) {
        this.bridge = bridge;
        this.mark = mark;
    }

    /** Where the rule is wanted and is not there, as names for {@link #add} and {@link #remove}. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        DOCKER.forEach((program, family) -> {
            boolean there = Tools.nftHas("chain", family, "filter", CHAIN) || isInLegacyTable(program, family);
            if (there && !docker(program, "-C").outcome().succeeded()) {
                missing.add(program);
            }
        });
        if (HostProgram.find(FIREWALLD).isPresent()
                && HostCommand.of(FIREWALLD, "--state").outcome().succeeded()
                && !firewalld("--query-interface=").outcome().succeeded()) {
            missing.add(FIREWALLD);
        }
        return missing.stream().sorted().toList();
    }

    /** The kernel's older tables are seen by their own program only, which would load them where they are not there. */
    private static boolean isInLegacyTable(String program, String family) {
        Path tables = Path.of("/proc/net/" + family + "_tables_names");
        try {
            return Files.exists(tables)
                    && Files.readAllLines(tables).contains("filter")
                    && HostProgram.find(program).isPresent()
                    && HostCommand.of(program, "-w", "-S", CHAIN).outcome().succeeded();
        } catch (IOException e) {
            return false; // the module was unloaded at that moment
        }
    }

    /**
     * Adds the rule.
     *
     * @return what was done, for people
     */
    String add(String where) {
        if (where.equals(FIREWALLD)) {
            firewalld("--add-interface=").run();
            return "firewalld: '" + bridge + "' is in the zone 'trusted'";
        }
        if (HostProgram.find(where).isEmpty()) {
            throw new MinionsException(
                    ErrorCode.PROGRAM_MISSING,
                    "Docker's chain " + CHAIN + " needs a rule, and there is no '" + where
                            + "' to add it; apt install iptables");
        }
        docker(where, "-I").run();
        return "Docker: one rule in " + CHAIN + " (" + where + ") accepts what ours accepted, comment '" + mark + "'";
    }

    /** Removes the rule, if it is still there. */
    void remove(String where) {
        if (where.equals(FIREWALLD)) {
            firewalld("--remove-interface=").outcome();
        } else if (HostProgram.find(where).isPresent()) {
            docker(where, "-D").outcome();
        }
    }

    private HostCommand docker(String program, String verb) {
        return HostCommand.of(
                program,
                "-w",
                verb,
                CHAIN,
                "-m",
                "mark",
                "--mark",
                BridgeRules.JUDGED + "/" + BridgeRules.JUDGED,
                "-m",
                "comment",
                "--comment",
                mark,
                "-j",
                "ACCEPT");
    }

    private HostCommand firewalld(String verb) {
        return HostCommand.of(FIREWALLD, "--zone=trusted", verb + bridge);
    }
}
