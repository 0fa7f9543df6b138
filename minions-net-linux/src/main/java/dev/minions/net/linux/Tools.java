package dev.minions.net.linux;

import dev.minions.spi.process.HostCommand;
import java.nio.file.Path;
import java.util.Optional;

/** The programs that change the host's network, each given all its changes at once. */
final class Tools {
    static final String IPROUTE = "apt install iproute2";
    static final String NFTABLES = "apt install nftables";

    private static final String ALL = """
            ip -batch - <<IP && bridge -batch - <<BRIDGE && exec nft -f -
            $1
            IP
            $2
            BRIDGE
            """;

    /** Rules first: without its device, the chain of one is gone on some kernels and is not on others. */
    private static final String REMOVAL = """
            nft -f -
            code=$?
            ip -force -batch - 2>/dev/null <<IP
            $1
            IP
            exit $code
            """;

    private static final int STDERR_LINES = 5;

    private Tools() {}

    /** Changes devices, addresses and neighbours, line by line, and stops at the first that fails. */
    static void ip(String lines) {
        HostCommand.of("ip", "-batch", "-").stdin(lines).hint(IPROUTE).run();
    }

    /** Changes a bridge's table of addresses. */
    static void bridge(String lines) {
        HostCommand.of("bridge", "-batch", "-").stdin(lines).hint(IPROUTE).run();
    }

    /** Changes rules, all or nothing. */
    static void nft(String script) {
        HostCommand.of("nft", "-f", "-").stdin(script).hint(NFTABLES).run();
    }

    /**
     * Changes devices, then a bridge's table, then rules, by a shell that starts the three programs: one process of
     * this JVM's costs more than they do. The rules go by way of standard input, as they may be long.
     *
     * @param lock a directory that the shell holds a lock on. It goes on when this JVM is killed, and whoever removes
     *     what it makes waits for it so
     * @return what the first that failed said; empty if all is done
     */
    static Optional<String> add(Path lock, String ipLines, String bridgeLines, String nftScript) {
        return said(HostCommand.of("flock", "--no-fork", lock.toString(), "sh", "-c", ALL, "sh", ipLines, bridgeLines)
                .stdin(nftScript));
    }

    /**
     * Removes rules, and then devices as far as they are there.
     *
     * @return what kept the rules from being removed; empty if nothing did
     */
    static Optional<String> remove(Path lock, String ipLines, String nftScript) {
        return said(HostCommand.of("flock", "--no-fork", lock.toString(), "sh", "-c", REMOVAL, "sh", ipLines)
                .stdin(nftScript));
    }

    private static Optional<String> said(HostCommand command) {
        HostCommand.Result result = command.outcome();
        if (result.succeeded()) {
            return Optional.empty();
        }
        String said = String.join(
                "; ", result.stderr().strip().lines().limit(STDERR_LINES).toList());
        return Optional.of(said.isEmpty() ? "exit code " + result.exitCode() : said);
    }

    /** Whether something that {@code nft list} names is there, for example {@code table inet x}. */
    static boolean nftHas(String... what) {
        String[] arguments = new String[what.length + 1];
        arguments[0] = "list";
        System.arraycopy(what, 0, arguments, 1, what.length);
        return HostCommand.of("nft", arguments).hint(NFTABLES).outcome().succeeded();
    }
}
