package dev.minions.hypervisor.ch;

import dev.minions.spi.BackendId;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.MemorySnapshots;
import dev.minions.spi.NicKind;
import dev.minions.spi.VmPlace;
import dev.minions.spi.Vmm;
import dev.minions.spi.process.HostDirectory;
import dev.minions.spi.process.HostProgram;
import dev.minions.spi.process.LaunchedProcess;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Starts Cloud Hypervisor processes and finds them again. Remembers only who waits for one. */
final class ChHypervisor implements Hypervisor {
    /** As many as a guest's kernel can have without an interrupt controller that not all know. */
    private static final int MAX_CPUS = 254;

    private static final Duration BOOT_LIMIT = Duration.ofSeconds(60);

    private final HostProgram program;
    private final ChVersion version;
    private final HostLayers layers;
    private final Limits limits;
    private final Turns turns = new Turns();
    private final Watches watches = new Watches();

    ChHypervisor(HostProgram program, ChVersion version, HostLayers layers, Limits limits) {
        this.program = program;
        this.version = version;
        this.layers = layers;
        this.limits = limits;
    }

    @Override
    public BackendId id() {
        return CloudHypervisor.ID;
    }

    @Override
    public String configuration() {
        return "";
    }

    @Override
    public String description() {
        return "Cloud Hypervisor " + version.text() + " with KVM";
    }

    @Override
    public Traits traits() {
        return new Traits(
                Set.of(NicKind.NONE, NicKind.TAP),
                Set.of(DiskFormat.RAW, DiskFormat.QCOW2),
                BOOT_LIMIT,
                MAX_CPUS,
                false);
    }

    @Override
    public Vmm start(MachineSpec machine) {
        var config = new MachineConfig(machine, version, layers);
        return starting(machine).run(api -> api.call(Verb.CREATE, config.json()), api -> api.call(Verb.BOOT));
    }

    /** A start of that machine. */
    VmmStart starting(MachineSpec machine) {
        return new VmmStart(program, layers, limits, turns, watches, machine);
    }

    @Override
    public Optional<MemorySnapshots> memorySnapshots() {
        return Optional.of(new ChMemorySnapshots(version, layers, this));
    }

    @Override
    public Optional<Vmm> find(VmPlace place) {
        return attach(place)
                .filter(vmm -> vmm.pid().isPresent() || vmm.isEndKnown())
                .map(Vmm.class::cast);
    }

    private Optional<ChVmm> attach(VmPlace place) {
        var files = new ChFiles(place);
        return LaunchedProcess.find(files.launch())
                .map(process -> new ChVmm(
                        files, process, new Api(files, process, turns, limits), limits, watches, Optional.empty()));
    }

    /** The API of a VMM that runs. */
    Optional<Api> api(VmPlace place) {
        var files = new ChFiles(place);
        return LaunchedProcess.find(files.launch())
                .filter(LaunchedProcess::isAlive)
                .map(process -> new Api(files, process, turns, limits));
    }

    @Override
    public void remove(VmPlace place) {
        var files = new ChFiles(place);
        LaunchedProcess.remove(files.launch());
        if (Files.exists(files.run(), LinkOption.NOFOLLOW_LINKS)) {
            HostDirectory.remove(files.run());
        }
        HostDirectory.remove(ChMemorySnapshots.restoredFrom(place));
        turns.forget(place.vm());
    }

    @Override
    public List<Path> consoleFiles(VmPlace place) {
        return new ChFiles(place).console().files();
    }

    @Override
    public void close() {
        watches.close();
    }
}
