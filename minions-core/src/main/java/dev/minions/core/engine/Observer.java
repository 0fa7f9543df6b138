package dev.minions.core.engine;

import dev.minions.VmInfo;
import dev.minions.VmState;
import dev.minions.spi.AddressPlan;
import dev.minions.spi.OperationRecord;
import dev.minions.spi.SnapshotRecord;
import dev.minions.spi.VmPlace;
import dev.minions.spi.VmRecord;
import dev.minions.spi.Vmm;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** Says what a VM is: what the store believes, corrected by what the host shows. Changes nothing. */
final class Observer {
    private final DataDirectory directory;
    private final Backends backends;
    private final Predicate<String> dead;

    /**
     * Makes one.
     *
     * @param dead whether the engine of that name is dead; asked only for engines with an unfinished operation
     */
    Observer(DataDirectory directory, Backends backends, Predicate<String> dead) {
        this.directory = directory;
        this.backends = backends;
        this.dead = dead;
    }

    /**
     * A VM as its process shows it.
     *
     * @param state what it is
     * @param failure why, if it failed
     * @param pid its process
     * @param paths its VMM's paths
     */
    record Sight(VmState state, Optional<String> failure, OptionalLong pid, Map<String, Path> paths) {}

    /**
     * Looks at a VM's process.
     *
     * @param busy whether an operation is on it, which may be about to start or to end the process
     */
    Sight look(VmRecord vm, boolean busy) {
        if (!vm.state().hasProcess() || backends.missing(vm).isPresent()) {
            return new Sight(vm.state(), vm.failure(), OptionalLong.empty(), Map.of());
        }
        Optional<Vmm> found = backends.hypervisor().find(place(vm));
        boolean changing = busy && vm.state() != VmState.RUNNING && vm.state() != VmState.PAUSED;
        if (found.isEmpty()) {
            return changing ? asStored(vm) : gone(vm, "its process is gone and left no word");
        }
        try (Vmm vmm = found.get()) {
            OptionalLong pid = vmm.pid();
            if (pid.isPresent() || changing) {
                return new Sight(vm.state(), vm.failure(), pid, vmm.paths());
            }
            return ended(vm, vmm.awaitExit(Duration.ZERO));
        }
    }

    private static Sight asStored(VmRecord vm) {
        return new Sight(vm.state(), vm.failure(), OptionalLong.empty(), Map.of());
    }

    private static Sight ended(VmRecord vm, Optional<Vmm.Exit> exit) {
        if (exit.isEmpty()) {
            return asStored(vm);
        }
        return exit.get().cause() == Vmm.Cause.GUEST_POWERED_OFF
                ? new Sight(VmState.STOPPED, Optional.empty(), OptionalLong.empty(), Map.of())
                : gone(vm, exit.get().detail());
    }

    private static Sight gone(VmRecord vm, String why) {
        return new Sight(VmState.FAILED, Optional.of(vm.failure().orElse(why)), OptionalLong.empty(), Map.of());
    }

    /** Everything about a VM. */
    VmInfo info(VmRecord vm, List<SnapshotRecord> snapshots, Optional<OperationRecord> operation) {
        Sight sight = look(vm, operation.isPresent());
        VmPlace place = place(vm);
        Map<String, Path> paths = new LinkedHashMap<>(sight.paths());
        paths.put("directory", place.records());
        paths.put("sockets", place.run());
        boolean connected = vm.address().isPresent();
        return new VmInfo(
                vm.id(),
                vm.name(),
                vm.project(),
                sight.state(),
                operation.map(o -> activity(vm, o)),
                sight.failure(),
                vm.spec().image(),
                vm.imageDigest(),
                vm.spec().cpus(),
                vm.spec().memory(),
                vm.spec().disk(),
                vm.spec().data(),
                vm.spec().attached(),
                snapshots.stream().map(SnapshotRecord::info).toList(),
                connected ? Optional.of(AddressPlan.text(vm.address().getAsLong())) : Optional.empty(),
                connected ? ip6(vm) : Optional.empty(),
                connected ? Optional.of(Macs.of(vm.cid())) : Optional.empty(),
                vm.cid(),
                sight.pid(),
                vm.spec().publish(),
                vm.spec().labels(),
                vm.createdAt(),
                startedAt(vm, sight),
                new VmInfo.Backends(
                        vm.hypervisor().id().value(),
                        vm.volumes().id().value(),
                        vm.nic().id().value()),
                paths);
    }

    private Optional<String> ip6(VmRecord vm) {
        Optional<AddressPlan.Ip6> plan = backends.is(backends.network(), vm.nic())
                ? backends.network().addresses().ip6()
                : Optional.empty();
        return plan.map(six -> six.address(vm.address().getAsLong()));
    }

    private static Optional<Instant> startedAt(VmRecord vm, Sight sight) {
        return sight.state().hasProcess() ? vm.startedAt() : Optional.empty();
    }

    private VmInfo.Activity activity(VmRecord vm, OperationRecord operation) {
        boolean orphaned = operation.instance().equals(Journal.ORPHANS) || dead.test(operation.instance());
        Optional<String> needs = orphaned ? backends.missing(vm).map(Object::toString) : Optional.empty();
        return new VmInfo.Activity(
                operation.id(), operation.kind(), operation.step(), operation.startedAt(), orphaned, needs);
    }

    VmPlace place(VmRecord vm) {
        return directory.place(vm.id(), vm.cid());
    }
}
