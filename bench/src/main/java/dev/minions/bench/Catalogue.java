package dev.minions.bench;

import java.util.List;

/** All benchmarks, the quick ones first. */
final class Catalogue {
    private static final List<Benchmark> ALL = List.of(
            CliBenchmark.version(),
            CliBenchmark.list(),
            new ListBenchmark(),
            new EngineMemoryBenchmark(),
            CloneBenchmark.onExt4(),
            CloneBenchmark.withReflinks(),
            NetworkBenchmark.attach(),
            NetworkBenchmark.packets(),
            new ExecBenchmark(),
            new SshBenchmark(),
            new PingBenchmark(),
            new AgentBenchmark(),
            new BootBenchmark(),
            new LifeBenchmark(),
            new RestoreBenchmark());

    private Catalogue() {}

    static List<Benchmark> all() {
        return ALL;
    }

    static List<String> names() {
        return ALL.stream().map(Benchmark::name).toList();
    }

    /** Those of that name, in the order of the catalogue; all if no name is given. */
    static List<Benchmark> chosen(List<String> names) {
        return ALL.stream()
                .filter(benchmark -> names.isEmpty() || names.contains(benchmark.name()))
                .toList();
    }
}
