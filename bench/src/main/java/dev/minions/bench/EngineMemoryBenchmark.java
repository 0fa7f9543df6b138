package dev.minions.bench;

import dev.minions.CreateOptions;
import dev.minions.ImageBuild;
import dev.minions.Minions;
import dev.minions.ProgressListener;
import dev.minions.VmSpec;
import dev.minions.core.LocalMinions;
import dev.minions.testkit.fake.FakeHost;
import dev.minions.testkit.fake.FakeHypervisor;
import dev.minions.testkit.fake.FakeImages;
import dev.minions.testkit.fake.FakeNetwork;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * What an engine keeps in memory for each VM that it started and that runs: the heap in use after a collection, with many
 * VMs less with none, by their number. Each has a thread that waits for its end, whose stack is not in it. The VMs are
 * fakes, whose own part of the heap is in it: it is more than the truth.
 */
final class EngineMemoryBenchmark implements Benchmark {
    private static final int VMS = 200;
    private static final int COLLECTIONS = 3;
    private static final double KIB = 1024;
    private static final String IMAGE = "fake";

    @Override
    public String name() {
        return "engine-memory";
    }

    @Override
    public String summary() {
        return "heap of the engine for each VM that runs, of " + VMS;
    }

    @Override
    public int defaultRuns() {
        return 10;
    }

    @Override
    public List<Figure> measure(Workbench bench, int runs) throws Exception {
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            values.add(once(bench, i));
        }
        return List.of(Figure.alone(name(), "KiB", Samples.of(values)));
    }

    private static double once(Workbench bench, int run) throws Exception {
        FakeHost host = new FakeHost();
        try (Minions minions = LocalMinions.builder()
                .dataDirectory(bench.newDirectory("engine-" + run))
                .hypervisor(FakeHypervisor.on(host))
                .network(FakeNetwork.on(host))
                .imageSource(FakeImages.on(host, IMAGE))
                .build()) {
            minions.images().build(ImageBuild.of(IMAGE).sized(VmSpec.MIN_DISK), ProgressListener.NONE);
            create(minions, 0); // what the first of all loads and opens is no VM's
            double before = usedHeap();
            for (int i = 1; i <= VMS; i++) {
                create(minions, i);
            }
            double after = usedHeap();
            minions.list().forEach(vm -> minions.get(vm.name().value()).destroy());
            return (after - before) / VMS / KIB;
        }
    }

    private static void create(Minions minions, int number) {
        minions.create(
                VmSpec.builder("vm-" + number, IMAGE).disk(VmSpec.MIN_DISK).build(), CreateOptions.defaults());
    }

    private static double usedHeap() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
