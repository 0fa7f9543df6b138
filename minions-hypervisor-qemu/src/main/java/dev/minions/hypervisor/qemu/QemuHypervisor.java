package dev.minions.hypervisor.qemu;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
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
import dev.minions.spi.process.HostUser;
import dev.minions.spi.process.Launch;
import dev.minions.spi.process.LaunchedProcess;
import dev.minions.spi.process.Launcher;
import dev.minions.spi.process.Lifetime;
import dev.minions.spi.process.ProcessExit;
import dev.minions.spi.process.RunAs;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Starts QEMU processes and finds them again. Remembers nothing. */
final class QemuHypervisor implements Hypervisor {
    /** More would need an interrupt controller that guests do not all know. */
    private static final int MAX_CPUS = 255;

    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    /** What QEMU reads from its first control channel: with it, it reports events there, and nobody need answer. */
    private static final String EVENTS_ON = "{\"execute\":\"qmp_capabilities\"}\n";

    private final HostProgram program;
    private final Acceleration acceleration;

    QemuHypervisor(HostProgram program, Acceleration acceleration) {
        this.program = program;
        this.acceleration = acceleration;
    }

    @Override
    public BackendId id() {
        return Qemu.ID;
    }

    @Override
    public String configuration() {
        return "";
    }

    @Override
    public String description() {
        return "QEMU " + QemuVersion.of(program).text() + " " + acceleration;
    }

    @Override
    public Traits traits() {
        return new Traits(
                Set.of(NicKind.NONE, NicKind.USER, NicKind.TAP),
                Set.of(DiskFormat.RAW, DiskFormat.QCOW2),
                acceleration.bootLimit(),
                MAX_CPUS,
                !acceleration.kvm());
    }

    @Override
    public Vmm start(MachineSpec machine) {
        return start(machine, new QemuArguments(program, acceleration, machine).all());
    }

    /** Starts a VMM whose machine waits for its memory. */
    QemuVmm startToRestore(MachineSpec machine) {
        return start(machine, new QemuArguments(program, acceleration, machine).allToRestore());
    }

    private QemuVmm start(MachineSpec machine, List<String> command) {
        var files = new VmmFiles(machine.place());
        requireNotRunning(machine, files);
        requireFiles(machine);
        Optional<RunAs> user = HostUser.vmm(machine.place().cid(), acceleration.group());
        HostDirectory.remove(files.run());
        HostDirectory.makePrivate(files.run(), user);
        user.ifPresent(owner -> handOver(machine, owner));
        try (var signal = StartSignal.listen(files.startSocket(), user)) {
            LaunchedProcess process = Launcher.start(launch(machine, command, files, user));
            awaitStart(machine, files, process, signal);
            return new QemuVmm(machine.place(), process, acceleration);
        }
    }

    private static void requireNotRunning(MachineSpec machine, VmmFiles files) {
        LaunchedProcess.find(files.launch()).filter(LaunchedProcess::isAlive).ifPresent(process -> {
            throw new MinionsException(
                    ErrorCode.WRONG_STATE,
                    "start vm '" + machine.name() + "': it runs already, as process "
                            + process.identity().pid());
        });
    }

    private static void requireFiles(MachineSpec machine) {
        var needed = new ArrayList<Path>();
        needed.add(machine.kernel());
        machine.initrd().ifPresent(needed::add);
        for (MachineSpec.Disk disk : machine.disks()) {
            needed.add(disk.path());
            disk.base().ifPresent(needed::add);
        }
        for (Path file : needed) {
            if (!Files.exists(file)) {
                throw new MinionsException(
                        ErrorCode.HYPERVISOR_ERROR, "start vm '" + machine.name() + "': there is no '" + file + "'");
            }
        }
    }

    /** The disks it may write become its own; what it only reads must be readable for everybody. */
    private static void handOver(MachineSpec machine, RunAs owner) {
        HostUser.requireWay(machine.kernel(), owner);
        machine.initrd().ifPresent(initrd -> HostUser.requireWay(initrd, owner));
        for (MachineSpec.Disk disk : machine.disks()) {
            HostUser.requireWay(disk.path(), owner);
            disk.base().ifPresent(base -> HostUser.requireWay(base, owner));
            if (disk.access() == MachineSpec.Access.READ_WRITE) {
                HostDirectory.giveDisk(disk.path(), owner);
            }
        }
    }

    private static Launch launch(MachineSpec machine, List<String> command, VmmFiles files, Optional<RunAs> user) {
        Launch.Builder launch = Launch.builder(files.launch(), files.run(), command)
                .lifetime(lifetime(machine.lifetime()))
                .log(files.log())
                .console(files.console())
                .input(EVENTS_ON);
        user.ifPresent(launch::runAs);
        return launch.build();
    }

    private static Lifetime lifetime(MachineSpec.Lifetime lifetime) {
        return switch (lifetime) {
            case DURABLE -> Lifetime.DURABLE;
            case EPHEMERAL -> Lifetime.EPHEMERAL;
        };
    }

    private static void awaitStart(MachineSpec machine, VmmFiles files, LaunchedProcess process, StartSignal signal) {
        LaunchedProcess.Watch watch = process.onExit(exit -> signal.close());
        try {
            if (signal.await(START_LIMIT)) {
                return;
            }
        } catch (MinionsException e) {
            process.kill(START_LIMIT);
            throw e;
        } finally {
            watch.close();
        }
        ProcessExit exit = process.kill(START_LIMIT);
        process.awaitLogs(Duration.ofSeconds(2));
        String said = VmmLog.of(files.log()).lastLines();
        throw new MinionsException(
                ErrorCode.HYPERVISOR_ERROR,
                "start vm '" + machine.name() + "': qemu "
                        + (exit.equals(new ProcessExit.Signalled(9))
                                ? "did not answer within " + START_LIMIT.toSeconds() + " s"
                                : "ended with " + exit)
                        + (said.isEmpty() ? "" : ": " + said));
    }

    @Override
    public Optional<Vmm> find(VmPlace place) {
        return LaunchedProcess.find(new VmmFiles(place).launch())
                .map(process -> new QemuVmm(place, process, acceleration))
                .filter(vmm -> vmm.pid().isPresent() || vmm.isEndKnown())
                .map(Vmm.class::cast);
    }

    @Override
    public void remove(VmPlace place) {
        var files = new VmmFiles(place);
        LaunchedProcess.remove(files.launch());
        if (Files.exists(files.run(), LinkOption.NOFOLLOW_LINKS)) {
            HostDirectory.remove(files.run());
        }
    }

    @Override
    public Optional<MemorySnapshots> memorySnapshots() {
        return Optional.of(new QemuMemorySnapshots(this, acceleration));
    }

    @Override
    public List<Path> consoleFiles(VmPlace place) {
        return new VmmFiles(place).console().files();
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
