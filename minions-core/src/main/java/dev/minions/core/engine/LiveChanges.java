package dev.minions.core.engine;

import dev.minions.AttachedDisk;
import dev.minions.ByteSize;
import dev.minions.Command;
import dev.minions.ExecResult;
import dev.minions.Resize;
import dev.minions.VmState;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.DeviceId;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.OperationRecord.Entry;
import dev.minions.spi.Sizing;
import dev.minions.spi.VmRecord;
import dev.minions.spi.Volume;
import dev.minions.spi.VolumeId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes of a VM that runs: its machine is changed first, then what is recorded, so that the next start gives it the
 * same. What takes the work back is written down before, as for every operation.
 */
final class LiveChanges {
    /** How long a guest may take to let go of a disk; one that does not use it needs moments. */
    static final Duration RELEASE_LIMIT = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(LiveChanges.class);
    private static final Duration REACH_LIMIT = Duration.ofSeconds(10);
    private static final Duration GUEST_LIMIT = Duration.ofMinutes(2);
    private static final int DIGEST_BYTES = 6;

    /** What an image does at its start. */
    private static final String GROW_ROOT = "/lib/systemd/systemd-growfs /";

    /**
     * CPUs and memory that came are taken into use where the guest does not do so by itself. They come when its kernel has
     * seen them, some after the others.
     */
    private static final String TAKE_INTO_USE = """
            for round in 1 2 3 4 5 6 7 8 9 10; do
                for cpu in /sys/devices/system/cpu/cpu*/online; do
                    [ "$(cat "$cpu")" = 1 ] || echo 1 >"$cpu"
                done
                for block in /sys/devices/system/memory/memory*/state; do
                    [ "$(cat "$block")" = online ] || echo online >"$block"
                done
                [ "$(nproc)" -ge "$1" ] && [ "$round" -ge 5 ] && exit
                sleep 0.2
            done 2>/dev/null
            [ "$(nproc)" -ge "$1" ]
            """;

    private final Backends backends;
    private final Power power;
    private final GuestAgents agents;

    LiveChanges(Backends backends, Power power, GuestAgents agents) {
        this.backends = backends;
        this.power = power;
        this.agents = agents;
    }

    private LiveMachine machine(VmRecord vm, String doing) {
        return new LiveMachine(backends, power, vm, doing);
    }

    private static void requireRunning(String doing, VmRecord vm) {
        VmLookup.requireState(doing, vm, VmState.RUNNING);
    }

    /** Makes a VM that runs larger. */
    void resize(VmRecord before, Resize wanted, Consumer<Change> maker) {
        Redefinition.requirePossible(backends, before, wanted);
        try (LiveMachine machine = machine(before, "resize")) {
            requireOffered(machine, before, wanted);
            Change.Check check = (view, vm) -> {
                requireRunning("resize", vm);
                Redefinition.requirePossible(backends, vm, wanted);
            };
            Change.Work work = (vm, operation) -> resize(machine, vm, wanted, operation);
            maker.accept(
                    new Change("resize", wanted.toString(), check, vm -> sizeBefore(vm, wanted), work, wanted::of));
            settle(before, machine, wanted);
        }
    }

    private static void requireOffered(LiveMachine machine, VmRecord vm, Resize wanted) {
        if (isOfDisks(wanted)) {
            machine.hotPlug();
        }
        if (isOfMachine(wanted)) {
            requireWithin(machine.sizing().bounds(), vm, wanted);
        }
    }

    private static boolean isOfMachine(Resize wanted) {
        return wanted.cpus().isPresent() || wanted.memory().isPresent();
    }

    private static boolean isOfDisks(Resize wanted) {
        return wanted.disk().isPresent() || wanted.data().isPresent();
    }

    private static void requireWithin(Sizing.Bounds bounds, VmRecord vm, Resize wanted) {
        int cpus = wanted.cpus().orElse(vm.spec().cpus());
        if (cpus < vm.spec().cpus()) {
            throw lessAsked(vm, vm.spec().cpus() + " CPUs", Integer.toString(cpus));
        }
        if (cpus > bounds.maxCpus()) {
            throw tooMuchAsked(vm, cpus + " CPUs", Integer.toString(bounds.maxCpus()));
        }
        ByteSize had = vm.spec().memory();
        ByteSize memory = wanted.memory().orElse(had);
        if (memory.compareTo(had) < 0) {
            throw lessAsked(vm, had + " of memory", memory.toString());
        }
        if (memory.compareTo(bounds.maxMemory()) > 0) {
            throw tooMuchAsked(vm, memory + " of memory", bounds.maxMemory().toString());
        }
        if (memory.compareTo(had) > 0) {
            HostMemory.requireNow("resize vm '" + vm.name() + "'", memory.minus(had));
        }
    }

    /** What was recorded would not be true, if the guest did not give in. */
    private static MinionsException lessAsked(VmRecord vm, String had, String asked) {
        return new MinionsException(
                ErrorCode.WRONG_STATE,
                "resize vm '" + vm.name() + "': it has " + had + ", " + asked
                        + " asked, and a guest that runs may not give any back; stop it first");
    }

    private static MinionsException tooMuchAsked(VmRecord vm, String asked, String most) {
        return new MinionsException(
                ErrorCode.WRONG_STATE,
                "resize vm '" + vm.name() + "': " + asked + " asked, and it can have at most " + most
                        + " while it runs; stop it first");
    }

    private static List<Entry> sizeBefore(VmRecord vm, Resize wanted) {
        List<Entry> entries = new ArrayList<>();
        wanted.cpus()
                .ifPresent(count -> entries.add(Actions.setCpus(vm, vm.spec().cpus())));
        wanted.memory()
                .ifPresent(size -> entries.add(Actions.setMemory(vm, vm.spec().memory())));
        return entries;
    }

    private void resize(LiveMachine machine, VmRecord vm, Resize wanted, Operation operation)
            throws InterruptedException {
        if (isOfMachine(wanted)) {
            operation.begin("resize the machine");
            wanted.cpus().ifPresent(count -> machine.sizing().resizeCpus(count));
            wanted.memory().ifPresent(size -> machine.sizing().resizeMemory(size));
        }
        if (isOfDisks(wanted)) {
            operation.begin("grow disks");
            wanted.disk().ifPresent(size -> grow(machine, vm, VolumeId.root(vm.id()), size));
            wanted.data().ifPresent(size -> grow(machine, vm, VolumeId.data(vm.id()), size));
        }
    }

    /** A raw disk is made larger, and the VMM told; into any other format only the VMM itself may write. */
    private void grow(LiveMachine machine, VmRecord vm, VolumeId id, ByteSize size) {
        String what = "resize vm '" + vm.name() + "': ";
        Volume volume = OwnDisks.find(backends.volumes(), vm, id, "resize");
        DeviceId device = machine.device(volume.path())
                .orElseThrow(() -> new MinionsException(
                        ErrorCode.HYPERVISOR_ERROR, what + "its machine has no disk '" + volume.path() + "'"));
        if (volume.format() == DiskFormat.RAW) {
            machine.hotPlug().growDisk(device, backends.volumes().grow(id, size).size());
            return;
        }
        if (size.compareTo(volume.size()) < 0) {
            throw new MinionsException(
                    ErrorCode.NOT_SUPPORTED,
                    what + "its " + id.role() + " disk has " + volume.size() + ", " + size
                            + " asked, and a disk is never made smaller");
        }
        machine.hotPlug().growDisk(device, size);
    }

    /** A guest that does not listen makes use of it at its next start. */
    private void settle(VmRecord vm, LiveMachine machine, Resize wanted) {
        List<Command> commands = new ArrayList<>();
        if (isOfMachine(wanted)) {
            int cpus = wanted.cpus().orElse(1);
            commands.add(Command.of("sh", "-c", TAKE_INTO_USE, "sh", Integer.toString(cpus)));
        }
        if (wanted.disk().isPresent()) {
            commands.add(Command.of("sh", "-c", GROW_ROOT));
        }
        if (commands.isEmpty()) {
            return;
        }
        try (GuestAgents.Link link = agents.reach(vm, machine.vmm(), REACH_LIMIT)) {
            for (Command command : commands) {
                ExecResult result = link.exec(command.within(GUEST_LIMIT));
                if (!result.succeeded()) {
                    warn(vm, result.stderr().strip());
                }
            }
        } catch (MinionsException e) {
            warn(vm, String.valueOf(e.getMessage()));
        }
    }

    private static void warn(VmRecord vm, String why) {
        LOG.warn("the guest of vm {} makes use of its new size at its next start: {}", vm.id(), why);
    }

    /** Gives a VM that runs a disk of the host. */
    void attach(VmRecord before, AttachedDisk disk, Consumer<Change> maker) {
        DeviceId device = idOf(disk.path());
        try (LiveMachine machine = machine(before, "attach disk to")) {
            machine.hotPlug();
            Change.Check check = (view, vm) -> {
                requireRunning("attach disk to", vm);
                AttachedDisks.requireNew(vm, disk);
            };
            Change.Work work = (vm, operation) -> {
                operation.begin("attach disk");
                machine.hotPlug().addDisk(device, AttachedDisks.machine(disk));
            };
            maker.accept(new Change(
                    "attach",
                    "attached '" + disk.path() + "'",
                    check,
                    vm -> List.of(Actions.unplug(vm, device)),
                    work,
                    spec -> AttachedDisks.with(spec, disk)));
        }
    }

    /** The same for the same disk, whichever engine asks, and unlike those that a machine is started with. */
    private static DeviceId idOf(Path disk) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(disk.toString().getBytes(StandardCharsets.UTF_8));
            return DeviceId.of("disk-" + HexFormat.of().formatHex(digest, 0, DIGEST_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Takes a disk of the host from a VM that runs, and waits until its guest has let go of it. */
    void detach(VmRecord before, Path path, Consumer<Change> maker) {
        AttachedDisk disk = AttachedDisks.require(before, path);
        try (LiveMachine machine = machine(before, "detach disk from")) {
            Optional<DeviceId> device = machine.device(path);
            Change.Check check = (view, vm) -> {
                AttachedDisks.require(vm, path);
                requireRunning("detach disk from", vm);
            };
            Change.Work work = (vm, operation) -> {
                operation.begin("detach disk");
                device.ifPresent(id -> machine.hotPlug().remove(id, RELEASE_LIMIT));
            };
            maker.accept(new Change(
                    "detach",
                    "detached '" + path + "' of vm '" + before.name() + "'",
                    check,
                    vm -> device.map(id -> Actions.plug(vm, id, disk)).stream().toList(),
                    work,
                    spec -> AttachedDisks.without(spec, path)));
        }
    }
}
