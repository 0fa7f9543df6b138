package dev.minions.testkit.fake;

import dev.minions.HostReport;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.NicKind;
import dev.minions.spi.VmPlace;
import dev.minions.spi.Vmm;
import dev.minions.spi.process.HostDirectory;
import dev.minions.spi.process.Launch;
import dev.minions.spi.process.LaunchedProcess;
import dev.minions.spi.process.Launcher;
import dev.minions.spi.process.Lifetime;
import dev.minions.spi.process.RotatedLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A hypervisor whose VMMs are real processes, of a few lines of shell, so that a test may kill whole JVMs and look at
 * what is left. Passes {@code HypervisorContract}.
 *
 * <p>The process holds the locks of its disks, four at most, which come and go while it runs; it has a console, and ends
 * when its power button is pressed. Its guest's
 * agent, a {@link ScriptedAgent}, runs in whichever JVM connects to it and asks the process nothing: it remembers
 * nothing from one JVM to the next.
 */
public final class ProcessHypervisor implements Hypervisor {
    private static final BackendId ID = BackendId.of("fake-process");
    static final String NOTES = "vmm";
    private static final Duration LOOK = Duration.ofMillis(2);
    private static final Duration START_LIMIT = Duration.ofSeconds(10);
    private static final Traits TRAITS = new Traits(
            Set.of(NicKind.NONE, NicKind.USER, NicKind.TAP),
            Set.of(DiskFormat.RAW, DiskFormat.QCOW2),
            Duration.ofSeconds(30),
            64,
            true);

    /** Arguments: the words of the kernel's command line in one, what must be readable, and after -- the disks. */
    private static final String SCRIPT = """
            words=$1
            shift
            while [ "$1" != -- ]; do
                [ -r "$1" ] || { echo "fake vmm: cannot read $1"; exit 1; }
                shift
            done
            shift
            mkdir disks
            plug() { # as what, slot, file
                [ -r "$3" ] || { echo "fake vmm: cannot read $3"; return 1; }
                eval "exec $2"'<"$3"'
                flock -n "$2" || { eval "exec $2<&-"; echo "fake vmm: $3 is locked by another process"; return 1; }
                echo "$2 $3" >"disks/.$1" && mv "disks/.$1" "disks/$1"
            }
            number=0
            for disk; do
                for slot in 5 6 7 9; do
                    [ -e "/proc/$$/fd/$slot" ] || break
                done
                plug "disk$number" "$slot" "$disk" || exit 1
                number=$((number + 1))
            done
            mkfifo power || exit 1
            exec 8<>power
            echo "fake kernel: $words" >&4
            case " $words " in
                *" panic "*) echo "Kernel panic - not syncing" >&4; exit 3;;
            esac
            : >up
            echo "fake guest is up" >&4
            while read -r word id slot file <&8; do
                case $word in
                    pressed) exit 0;;
                    plug) plug "$id" "$slot" "$file" || : >"refused-$id";;
                    unplug) eval "exec $slot<&-"; rm "disks/$id";;
                esac
            done
            """;

    private final FakeHost host;

    private ProcessHypervisor(FakeHost host) {
        this.host = host;
    }

    /** What opens a hypervisor; what goes wrong in its calls, that host says. */
    public static BackendFactory<Hypervisor> on(FakeHost host) {
        return new Factory(host);
    }

    private record Factory(FakeHost host) implements BackendFactory<Hypervisor> {
        @Override
        public BackendId id() {
            return ID;
        }

        @Override
        public List<HostReport.Finding> probe() {
            return List.of(HostReport.Finding.ok("fake hypervisor", "works where there are sh and flock"));
        }

        @Override
        public Hypervisor open(BackendContext context) {
            return new ProcessHypervisor(host);
        }
    }

    @Override
    public BackendId id() {
        return ID;
    }

    @Override
    public String configuration() {
        return "";
    }

    @Override
    public String description() {
        return "fake hypervisor with processes";
    }

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public Vmm start(MachineSpec machine) {
        return host.process().call(FakeCall.VMM_START, () -> launch(machine), () -> {
            LaunchedProcess process = launch(machine);
            awaitUp(machine, process);
            return new ProcessVmm(host, machine.place(), process);
        });
    }

    private static LaunchedProcess launch(MachineSpec machine) {
        VmPlace place = machine.place();
        List<String> argv = new ArrayList<>(List.of("sh", "-c", SCRIPT, "fake-vmm", machine.kernelArguments()));
        argv.add(machine.kernel().toString());
        machine.initrd().ifPresent(initrd -> argv.add(initrd.toString()));
        argv.add("--");
        machine.disks().forEach(disk -> argv.add(disk.path().toString()));
        Lifetime lifetime =
                machine.lifetime() == MachineSpec.Lifetime.EPHEMERAL ? Lifetime.EPHEMERAL : Lifetime.DURABLE;
        HostDirectory.remove(place.run());
        HostDirectory.makePrivate(place.run(), Optional.empty());
        new ProcessDevices(place).begin(machine);
        return Launcher.start(Launch.builder(place.records().resolve(NOTES), place.run(), argv)
                .lifetime(lifetime)
                .log(errors(place))
                .console(console(place))
                .build());
    }

    static RotatedLog errors(VmPlace place) {
        return new RotatedLog(place.records(), "stderr");
    }

    private static RotatedLog console(VmPlace place) {
        return new RotatedLog(place.records(), "console");
    }

    /** A machine that panics at once has been started too. */
    private static void awaitUp(MachineSpec machine, LaunchedProcess process) {
        Path up = machine.place().run().resolve("up");
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!Files.exists(up) && process.awaitExit(LOOK).isEmpty()) {
            if (System.nanoTime() - deadline > 0) {
                process.kill(START_LIMIT);
                throw failure(machine, "it was not up after " + START_LIMIT);
            }
        }
        if (!Files.exists(up) && ProcessVmm.isFailure(process.awaitExit(Duration.ZERO))) {
            process.awaitLogs(START_LIMIT);
            throw failure(machine, errors(machine.place()).tail(5));
        }
    }

    private static MinionsException failure(MachineSpec machine, String why) {
        return new MinionsException(
                ErrorCode.HYPERVISOR_ERROR, "start vm " + machine.place().vm().shortForm() + ": " + why);
    }

    @Override
    public Optional<Vmm> find(VmPlace place) {
        return host.process()
                .call(
                        FakeCall.VMM_FIND,
                        () -> LaunchedProcess.find(place.records().resolve(NOTES))
                                .map(process -> new ProcessVmm(host, place, process))
                                .filter(vmm -> !vmm.isForgotten())
                                .map(vmm -> vmm));
    }

    @Override
    public void remove(VmPlace place) {
        host.process()
                .call(
                        FakeCall.VMM_REMOVE,
                        () -> LaunchedProcess.remove(place.records().resolve(NOTES)),
                        () -> {
                            LaunchedProcess.remove(place.records().resolve(NOTES));
                            HostDirectory.remove(place.run());
                            return true;
                        });
    }

    @Override
    public List<Path> consoleFiles(VmPlace place) {
        return console(place).files();
    }

    @Override
    public void close() {
        // nothing is held: the processes are the host's
    }
}
