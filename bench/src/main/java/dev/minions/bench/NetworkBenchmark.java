package dev.minions.bench;

import dev.minions.spi.process.HostProgram;
import dev.minions.spi.process.HostUser;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The bridge. {@code network-attach}: a VM attached where 100 are, against the same changes by a process each, both
 * started from Java in the same way. {@code network-packets}: 20,000 packets from a guest to the outside where 1,000 VMs
 * are, against the same where there is one; both hosts are there at once and take turns. Each host is a network
 * namespace, and its VMs never run.
 */
final class NetworkBenchmark implements Benchmark {
    private static final int VMS = 100;
    private static final int MANY_VMS = 1000;
    private static final int PACKETS = 20_000;
    private static final double ATTACH_TARGET = 0.2;
    private static final double PACKETS_TARGET = 1.05;

    private static final String NAMESPACE = """
            set -e
            mount -t sysfs sysfs /sys
            ip link set lo up
            ip link add eth0 type veth peer name far
            ip addr add 198.51.100.2/24 dev eth0
            ip link set eth0 up
            ip link set far up
            ip neigh add 198.51.100.1 lladdr 02:00:00:00:00:09 dev eth0 nud permanent
            exec "$@"
            """;

    private final boolean attach;

    private NetworkBenchmark(boolean attach) {
        this.attach = attach;
    }

    static NetworkBenchmark attach() {
        return new NetworkBenchmark(true);
    }

    static NetworkBenchmark packets() {
        return new NetworkBenchmark(false);
    }

    @Override
    public String name() {
        return attach ? "network-attach" : "network-packets";
    }

    @Override
    public String summary() {
        return attach
                ? "a VM attached to a bridge with 100, beside a process for each change"
                : "20,000 packets from a guest where there are 1,000, beside where there is one";
    }

    @Override
    public int defaultRuns() {
        return attach ? 100 : 40;
    }

    @Override
    public List<Figure> measure(Workbench bench, int runs) throws Exception {
        requirePossible();
        return List.of(attach ? measureAttach(bench, runs) : measurePackets(bench, runs));
    }

    private static void requirePossible() throws NotPossibleException {
        if (!HostUser.isRoot()) {
            throw new NotPossibleException("it makes network namespaces, which needs root");
        }
        for (String program : List.of("ip", "bridge", "nft", "unshare", "perl")) {
            if (HostProgram.find(program).isEmpty()) {
                throw new NotPossibleException("there is no " + program);
            }
        }
    }

    private Figure measureAttach(Workbench bench, int runs) throws Exception {
        try (Host host = new Host(bench.newDirectory("attach"), VMS)) {
            Turns<Double> turns = Turns.take(runs, 3, () -> host.ask("ours"), () -> host.ask("peer"), pair -> {});
            return turns.figure(name(), "ms", millis -> millis).target(Target.ratioAtMost(ATTACH_TARGET));
        }
    }

    private Figure measurePackets(Workbench bench, int runs) throws Exception {
        try (Host many = new Host(bench.newDirectory("many"), MANY_VMS);
                Host one = new Host(bench.newDirectory("one"), 1)) {
            String pump = "pump " + PACKETS;
            Turns<Double> turns = Turns.take(runs, 3, () -> many.ask(pump), () -> one.ask(pump), pair -> {});
            return turns.figure(name(), "ms", millis -> millis).target(Target.ratioAtMost(PACKETS_TARGET));
        }
    }

    /** A {@link NetworkHost} in its namespace. */
    private static final class Host implements AutoCloseable {
        private final Process process;
        private final BufferedReader answers;
        private final BufferedWriter orders;

        Host(Path directory, int vms) throws IOException {
            process = new ProcessBuilder(
                            "unshare",
                            "--net",
                            "--mount",
                            "--",
                            "sh",
                            "-c",
                            NAMESPACE,
                            "sh",
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            NetworkHost.class.getName(),
                            directory.toString(),
                            Integer.toString(vms))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            answers = process.inputReader();
            orders = process.outputWriter();
            if (!"ready".equals(answers.readLine())) {
                process.destroy();
                throw new IOException("the host with " + vms + " VMs did not come up");
            }
        }

        double ask(String order) throws IOException {
            orders.write(order + "\n");
            orders.flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new IOException("'" + order + "' was not answered");
            }
            return Double.parseDouble(answer);
        }

        @Override
        public void close() throws IOException {
            orders.close();
            process.onExit().join();
        }
    }
}
