package dev.minions.bench;

import dev.minions.ByteSize;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.agent.client.AgentClient;
import dev.minions.core.BackendCatalog;
import dev.minions.spi.BackendContext;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.GuestChannel;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.MemorySnapshots;
import dev.minions.spi.VmPlace;
import dev.minions.spi.Vmm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * From saved memory to an agent that answers, by the backend of Cloud Hypervisor, beside the bare VMM's own restore of
 * the same files: one process, two requests, one connection. Ours runs as a user of its own, in a cgroup, with its log
 * kept, and is found again by others.
 */
final class RestoreBenchmark implements Benchmark {
    private static final String HYPERVISOR = "cloud-hypervisor";
    private static final ByteSize MEMORY = ByteSize.mib(384);
    private static final long CID = 77;

    @Override
    public String name() {
        return "memory-restore";
    }

    @Override
    public String summary() {
        return "saved memory to a working agent, beside the bare cloud-hypervisor's restore";
    }

    @Override
    public int defaultRuns() {
        return 10;
    }

    @Override
    public List<Figure> measure(Workbench bench, int runs) throws Exception {
        String parts = System.getProperty("minions.bench.guest");
        if (parts == null || !HYPERVISOR.equals(System.getProperty("minions.bench.hypervisor"))) {
            throw new NotPossibleException("it needs a host with Cloud Hypervisor: e2e/run measure memory-restore");
        }
        Path root = bench.newDirectory("restore");
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx--x--x"));
        MachineSpec machine = machine(root, Path.of(parts));
        try (Hypervisor hypervisor = BackendCatalog.installed()
                .hypervisor(HYPERVISOR, Map.of())
                .open(new BackendContext("0123456789ab", root, root))) {
            MemorySnapshots memory = hypervisor.memorySnapshots().orElseThrow();
            Path saved = machine.place().records().resolve("saved");
            try {
                save(hypervisor, memory, machine, saved);
                var bare = new BareRestore(machine, saved, root);
                Turns<Double> turns = Turns.take(
                        runs,
                        1,
                        () -> ours(memory, machine, saved),
                        bare::run,
                        pair -> Main.say("restore: pair " + pair + " of " + runs));
                return List.of(turns.figure("memory-restore", "ms", millis -> millis));
            } finally {
                Cleanup.all(() -> hypervisor.remove(machine.place()));
            }
        }
    }

    private static MachineSpec machine(Path root, Path parts) throws IOException, InterruptedException {
        VmId id = VmId.random();
        Path records = Files.createDirectory(root.resolve("records"));
        Path disk = root.resolve("disk");
        Programs.run(
                root,
                "cp",
                "--sparse=always",
                "--reflink=auto",
                parts.resolve("disk").toString(),
                disk.toString());
        Files.setPosixFilePermissions(disk, PosixFilePermissions.fromString("rw-------")); // an image is read-only
        return new MachineSpec(
                new VmPlace(id, CID, records, root.resolve("run")),
                VmName.of("restore"),
                1,
                MEMORY,
                parts.resolve("kernel"),
                Optional.of(parts.resolve("initrd")),
                Files.readString(parts.resolve("arguments")).strip() + " minions.vm=" + id,
                List.of(new MachineSpec.Disk(disk, DiskFormat.RAW, Optional.empty(), MachineSpec.Access.READ_WRITE)),
                List.of(),
                MachineSpec.Lifetime.DURABLE);
    }

    private static void save(Hypervisor hypervisor, MemorySnapshots memory, MachineSpec machine, Path saved)
            throws Exception {
        try (Vmm vmm = hypervisor.start(machine)) {
            answer(vmm);
            vmm.pausing().orElseThrow().pause();
            memory.save(machine.place(), saved);
            vmm.kill();
        }
    }

    private static double ours(MemorySnapshots memory, MachineSpec machine, Path saved) throws Exception {
        Stopwatch watch = new Stopwatch();
        try (Vmm vmm = memory.restore(machine, saved)) {
            vmm.pausing().orElseThrow().resume();
            answer(vmm);
            double millis = watch.millis();
            vmm.kill();
            return millis;
        }
    }

    /** Waits until the agent answers. */
    private static void answer(Vmm vmm) throws IOException, InterruptedException {
        GuestChannel channel = vmm.channel();
        channel.awaitCall(BareVm.LIMIT);
        AgentClient.attach(channel.framing(), limit -> channel.open(0, limit), Optional.empty(), BareVm.LIMIT)
                .close();
    }
}
