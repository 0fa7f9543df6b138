package dev.minions.bench;

import dev.minions.ByteSize;
import dev.minions.CreateOptions;
import dev.minions.ImageBuild;
import dev.minions.Minions;
import dev.minions.ProgressListener;
import dev.minions.VmInfo;
import dev.minions.VmSpec;
import dev.minions.core.LocalMinions;
import dev.minions.testkit.fake.FakeHost;
import dev.minions.testkit.fake.FakeHypervisor;
import dev.minions.testkit.fake.FakeImages;
import dev.minions.testkit.fake.FakeNetwork;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * {@code Minions.list} of 1,000 stopped VMs in a real database, against a plain JDBC {@code SELECT} that reads every
 * column of the same rows as text and makes nothing of them. Both in this JVM, warm. The hypervisor and the network are
 * fakes, so that no process is looked at: that costs what the host makes it cost, for each VM that runs. Once as most
 * calls find the database, unchanged since the last, and once with a commit of somebody else's before each.
 */
final class ListBenchmark implements Benchmark {
    private static final int VMS = 1_000;
    private static final int WARM_UPS = 300;
    private static final double TARGET_MILLIS = 5;
    private static final String IMAGE = "fake";
    private static final ByteSize DISK = VmSpec.MIN_DISK;

    @Override
    public String name() {
        return "list-1000";
    }

    @Override
    public String summary() {
        return "Minions.list of " + VMS + " stopped VMs, beside a JDBC SELECT of the same rows";
    }

    @Override
    public int defaultRuns() {
        return 50;
    }

    @Override
    public List<Figure> measure(Workbench bench, int runs) throws Exception {
        Path data = bench.newDirectory("list");
        FakeHost host = new FakeHost();
        try (Minions minions = LocalMinions.builder()
                        .dataDirectory(data)
                        .hypervisor(FakeHypervisor.on(host))
                        .network(FakeNetwork.on(host))
                        .imageSource(FakeImages.on(host, IMAGE))
                        .build();
                Connection connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("state.db"));
                PreparedStatement select = connection.prepareStatement("SELECT * FROM vms ORDER BY seq")) {
            minions.images().build(ImageBuild.of(IMAGE).sized(DISK), ProgressListener.NONE);
            makeVms(minions);
            Turns<Double> same = Turns.take(runs, WARM_UPS, () -> list(minions), () -> select(select), pair -> {});
            Turns<Double> changed = Turns.take(
                    runs,
                    WARM_UPS,
                    () -> {
                        commit(connection);
                        return list(minions);
                    },
                    () -> {
                        commit(connection);
                        return select(select);
                    },
                    pair -> {});
            Target target = Target.atMost(TARGET_MILLIS);
            return List.of(
                    same.figure(name(), "ms", millis -> millis).target(target),
                    changed.figure(name() + "-changed", "ms", millis -> millis).target(target));
        }
    }

    private static void commit(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // Another value each time: SQLite writes nothing where a row stays what it is.
            statement.executeUpdate(
                    "UPDATE vms SET failure = 'no. ' || random() WHERE seq = (SELECT max(seq) FROM vms)");
        }
    }

    private static void makeVms(Minions minions) {
        for (int i = 0; i < VMS; i++) {
            VmSpec spec = VmSpec.builder("vm-" + i, IMAGE)
                    .disk(DISK)
                    .label("tier", "web")
                    .build();
            minions.create(spec, CreateOptions.defaults().stopped());
        }
    }

    private static double list(Minions minions) {
        Stopwatch watch = new Stopwatch();
        List<VmInfo> vms = minions.list();
        double millis = watch.millis();
        require(vms.size());
        return millis;
    }

    private static double select(PreparedStatement select) throws SQLException {
        Stopwatch watch = new Stopwatch();
        int rows = 0;
        try (ResultSet result = select.executeQuery()) {
            int columns = result.getMetaData().getColumnCount();
            int length = 0;
            while (result.next()) {
                rows++;
                for (int i = 1; i <= columns; i++) {
                    String text = result.getString(i);
                    length += text == null ? 0 : text.length();
                }
            }
            require(length == 0 ? 0 : rows);
        }
        return watch.millis();
    }

    private static void require(int vms) {
        if (vms != VMS) {
            throw new IllegalStateException(VMS + " VMs were made, " + vms + " are listed");
        }
    }
}
