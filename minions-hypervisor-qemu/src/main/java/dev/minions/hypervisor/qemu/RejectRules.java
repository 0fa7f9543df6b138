package dev.minions.hypervisor.qemu;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.HostCommand;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Rules of nftables that keep passt from the host. passt makes the guest's connections with sockets of its own, so they
 * leave by the host's output, and there it is known whose they are.
 *
 * <p>The rules lie in a table of this installation's own, which is there as long as a VM needs it. Whoever changes it
 * holds a lock, so that nobody removes the table under a VM that was just put in.
 */
final class RejectRules {
    /** Answers to who called come first: they go to the host's own programs, which asked for them. */
    private static final String REJECTS = """
            ct direction reply accept
            %s
            ip daddr { 127.0.0.0/8, 169.254.0.0/16, 224.0.0.0/4, 255.255.255.255, 0.0.0.0/8 } reject
            ip6 daddr { ::1, ::, fe80::/10, ff00::/8 } reject
            """;

    private static final String REMOVE = """
            nft list table inet "$1" >/dev/null 2>&1 || exit 0
            nft delete element inet "$1" users "{ $2 }" 2>/dev/null
            case $(nft list set inet "$1" users) in
                *elements*) ;;
                *) nft delete table inet "$1" ;;
            esac
            """;

    private final String table;
    private final Path lock;

    /**
     * Rules for an installation.
     *
     * @param installation its id, 12 hexadecimal digits
     * @param directory a directory to lock, itself, while the table is changed
     */
    RejectRules(String installation, Path directory) {
        this.table = "minions_" + installation;
        this.lock = directory;
    }

    /** Keeps that user's packets from this host, from now on. Doing it again is no harm. */
    void add(long uid) {
        String rules = REJECTS.formatted("fib daddr type { local, broadcast, anycast, multicast } reject")
                .lines()
                .map(rule -> "add rule inet " + table + " output " + rule + "\n")
                .collect(Collectors.joining());
        HostCommand.of("flock", lock.toString(), "nft", "-f", "-")
                .stdin("""
                add table inet %1$s
                add set inet %1$s users { typeof meta skuid; }
                add chain inet %1$s output { type filter hook output priority filter; policy accept; }
                flush chain inet %1$s output
                add rule inet %1$s output meta skuid != @users accept
                %2$sadd element inet %1$s users { %3$d }
                """.formatted(table, rules, uid))
                .hint("apt install nftables")
                .run();
    }

    /** Forgets that user, and removes the table with the last one. */
    void remove(long uid) {
        HostCommand.of("flock", lock.toString(), "sh", "-c", REMOVE, "sh", table, Long.toString(uid))
                .run();
    }

    /**
     * Rules for a namespace that only passt lives in.
     *
     * @param ports the ports there on which passt waits for what comes from outside
     */
    static String forNamespace(Collection<Integer> ports) {
        String own = ports.isEmpty()
                ? ""
                : "ip daddr 127.0.0.1 tcp dport { "
                        + join(ports.stream().map(String::valueOf).toList()) + " } accept\n";
        // What the host has for addresses is not seen from in there; in there, what is local is only passt's.
        List<String> four = hostAddresses(false);
        List<String> six = hostAddresses(true);
        String host = (four.isEmpty() ? "" : "ip daddr { " + join(four) + " } reject\n")
                + (six.isEmpty() ? "" : "ip6 daddr { " + join(six) + " } reject\n");
        return "table inet minions {\nchain output {\ntype filter hook output priority filter; policy accept;\n"
                + "ct direction reply accept\n" + own + REJECTS.formatted(host.strip()) + "}\n}\n";
    }

    private static String join(List<String> items) {
        return String.join(", ", items);
    }

    /** Of IPv6 or of IPv4; loopback and link-local ones are rejected anyway. */
    private static List<String> hostAddresses(boolean six) {
        var found = new TreeSet<String>();
        try {
            for (NetworkInterface card : NetworkInterface.networkInterfaces().toList()) {
                for (InterfaceAddress address : card.getInterfaceAddresses()) {
                    InetAddress inet = address.getAddress();
                    boolean covered = inet.isLoopbackAddress() || inet.isLinkLocalAddress();
                    if (!covered && inet.getAddress().length == 4 != six) {
                        String text = inet.getHostAddress();
                        int zone = text.indexOf('%');
                        found.add(zone < 0 ? text : text.substring(0, zone));
                    }
                }
            }
        } catch (SocketException e) {
            throw new MinionsException(ErrorCode.NETWORK_ERROR, "list this host's addresses: " + e.getMessage(), e);
        }
        return List.copyOf(found);
    }
}
