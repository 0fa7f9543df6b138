package dev.minions.bench;

import dev.minions.ByteSize;
import dev.minions.CreateOptions;
import dev.minions.ImageImport;
import dev.minions.Minions;
import dev.minions.ProgressListener;
import dev.minions.VmSpec;
import dev.minions.core.LocalMinions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A whole command, from before its process is started to its end, against a JVM that prints one line. Cold means that
 * nothing of the command runs before; the files it reads are in the host's page cache, as after a first use. The peer is
 * the same JVM with the flags that start fastest, a class from a directory and the JDK's own class archive.
 */
final class CliBenchmark implements Benchmark {
    private static final int RUNS = 20;
    private static final int WARM_UPS = 2;
    private static final int VMS = 10;
    private static final ByteSize DISK = ByteSize.mib(64);

    private final String name;
    private final String summary;
    private final List<String> words;
    private final double target;

    private CliBenchmark(String name, String summary, List<String> words, double target) {
        this.name = name;
        this.summary = summary;
        this.words = words;
        this.target = target;
    }

    static CliBenchmark version() {
        return new CliBenchmark(
                "cli-version", "minions version, cold, beside a bare JVM's hello", List.of("version"), 120);
    }

    static CliBenchmark list() {
        return new CliBenchmark(
                "cli-list",
                "minions list --json of " + VMS + " stopped VMs, cold, beside a bare JVM's hello",
                List.of("list", "--json"),
                200);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String summary() {
        return summary;
    }

    @Override
    public int defaultRuns() {
        return RUNS;
    }

    @Override
    public List<Figure> measure(Workbench bench, int runs) throws Exception {
        Path data = bench.newDirectory(name).resolve("data");
        makeVms(data);
        List<String> ours = new ArrayList<>(words);
        ours.addFirst(bench.command().toString());
        List<String> peer = List.of(
                Programs.java(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Xshare:auto",
                "-cp",
                bench.helloClassPath().toString(),
                Hello.class.getName());
        Map<String, String> environment = Map.of("MINIONS_DATA_DIR", data.toString());
        Turns<Double> turns = Turns.take(
                runs,
                WARM_UPS,
                () -> Programs.time(ours, environment),
                () -> Programs.time(peer, Map.of()),
                pair -> {});
        return List.of(turns.figure(name, "ms", millis -> millis).target(Target.atMost(target)));
    }

    private static void makeVms(Path data) throws IOException {
        try (Minions minions = LocalMinions.builder().dataDirectory(data).build()) {
            Path disk = data.resolveSibling("disk");
            try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
                file.setLength(DISK.bytes());
            }
            minions.images().importDisk(ImageImport.of("empty", disk), ProgressListener.NONE);
            for (int i = 0; i < VMS; i++) {
                VmSpec spec = VmSpec.builder("vm-" + i, "empty").disk(DISK).build();
                minions.create(spec, CreateOptions.defaults().stopped());
            }
        }
    }
}
