package dev.minions.core.engine;

import dev.minions.AttachedDisk;
import dev.minions.ByteSize;
import dev.minions.ChangeOptions;
import dev.minions.OperationId;
import dev.minions.Resize;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.VmSpec;
import dev.minions.VmState;
import dev.minions.core.engine.Journal.Opening;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.event.Event;
import dev.minions.spi.OperationRecord.Phase;
import dev.minions.spi.StateStore;
import dev.minions.spi.StateView;
import dev.minions.spi.VmRecord;
import dev.minions.spi.Vmm;
import dev.minions.spi.Volume;
import dev.minions.spi.VolumeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes what a VM is: its name, its size, the disks of the host that it has. */
final class Redefinition {
    private static final Logger LOG = LoggerFactory.getLogger(Redefinition.class);
    private static final Duration TELL_LIMIT = Duration.ofSeconds(5);

    private final Backends backends;
    private final StateStore store;
    private final Journal journal;
    private final Power power;
    private final GuestAgents agents;

    Redefinition(Backends backends, StateStore store, Journal journal, Power power, GuestAgents agents) {
        this.backends = backends;
        this.store = store;
        this.journal = journal;
        this.power = power;
        this.agents = agents;
    }

    /** Looks whether the change can be made, before anything happens. */
    @FunctionalInterface
    private interface Check {
        void of(StateView view, VmRecord vm);
    }

    /** What is to be done on the host before the change can be committed. */
    @FunctionalInterface
    private interface Work {
        void on(VmRecord vm, Operation operation) throws InterruptedException;
    }

    private void change(
            String kind,
            VmId id,
            ChangeOptions options,
            Check check,
            Work work,
            UnaryOperator<VmSpec> change,
            String detail) {
        journal.<Boolean>run(
                kind,
                OperationId.random(),
                options.progress(),
                transaction -> {
                    VmRecord vm = VmLookup.requireIdle(transaction, id);
                    check.of(transaction, vm);
                    return new Opening(vm, Phase.UNDO, List.of(), List.of(Actions.writeManifest()));
                },
                operation -> {
                    VmRecord vm = store.read(view -> VmLookup.require(view, id));
                    work.on(vm, operation);
                    operation.commit("write manifest", transaction -> {
                        transaction.updateVm(vm.defined(change.apply(vm.spec())));
                        transaction.addEvent(vm.project(), id, Event.Type.CHANGED, Optional.of(operation.id()), detail);
                    });
                    journal.goForward(operation);
                    operation.finish(transaction -> Journal.forwardInStore(transaction, operation.record()));
                    return true;
                });
    }

    /** One try to rename a VM; {@code VM_BUSY} if another operation is on it. */
    void rename(VmId id, VmName name, ChangeOptions options) {
        VmRecord before = store.read(view -> VmLookup.require(view, id));
        if (before.name().equals(name)) {
            return;
        }
        change(
                "rename",
                id,
                options,
                (view, vm) -> requireFree(view, vm, name),
                (vm, operation) -> {},
                spec -> spec.toBuilder().name(name).build(),
                "renamed from '" + before.name() + "' to '" + name + "'");
        tell(id, name);
    }

    private static void requireFree(StateView view, VmRecord vm, VmName name) {
        view.vm(vm.project(), name).ifPresent(other -> {
            throw new MinionsException(
                    ErrorCode.VM_EXISTS,
                    "rename vm '" + vm.name() + "': project '" + vm.project() + "' has a vm '" + name
                            + "'; choose another name");
        });
    }

    /** A guest that does not listen learns its name when it next starts. */
    private void tell(VmId id, VmName name) {
        VmRecord vm = store.read(view -> VmLookup.require(view, id));
        if (vm.state() != VmState.RUNNING || backends.missing(vm).isPresent()) {
            return;
        }
        try (Vmm vmm = power.running(vm, "rename");
                GuestAgents.Link link = agents.reach(vm, vmm, TELL_LIMIT)) {
            link.rename(name.value(), TELL_LIMIT);
        } catch (MinionsException e) {
            LOG.warn("the guest of vm {} learns its name at its next start: {}", id, e.getMessage());
        }
    }

    /** One try to resize a stopped VM; {@code VM_BUSY} if another operation is on it. */
    void resize(VmId id, Resize wanted, ChangeOptions options) {
        VmRecord before = power.settled(id, "resize");
        wanted.of(before.spec());
        change(
                "resize",
                id,
                options,
                (view, vm) -> requirePossible(vm, wanted),
                (vm, operation) -> grow(vm, wanted, operation),
                wanted::of,
                wanted.toString());
    }

    private void requirePossible(VmRecord vm, Resize wanted) {
        VmLookup.requireState("resize", vm, VmState.STOPPED, VmState.FAILED);
        String what = "resize vm '" + vm.name() + "': ";
        int most = backends.hypervisor().traits().maxCpus();
        if (wanted.cpus().orElse(1) > most) {
            throw new MinionsException(
                    ErrorCode.NOT_SUPPORTED,
                    what + wanted.cpus().orElse(1) + " CPUs asked, "
                            + backends.hypervisor().description() + " takes at most " + most + " on this host");
        }
        wanted.memory().ifPresent(size -> HostMemory.requireEver("resize vm '" + vm.name() + "'", size));
        wanted.disk().ifPresent(size -> requireNoLess(what, "disk", vm.spec().disk(), size));
        wanted.data().ifPresent(size -> {
            ByteSize had = vm.spec()
                    .data()
                    .orElseThrow(() -> new MinionsException(
                            ErrorCode.NOT_SUPPORTED, what + "it has no data disk; a VM gets one when it is created"));
            requireNoLess(what, "data disk", had, size);
        });
    }

    private static void requireNoLess(String what, String disk, ByteSize had, ByteSize size) {
        if (size.compareTo(had) < 0) {
            throw new MinionsException(
                    ErrorCode.NOT_SUPPORTED,
                    what + "its " + disk + " has " + had + ", " + size
                            + " asked, and a disk is never made smaller; ask for " + had + " or more");
        }
    }

    private void grow(VmRecord vm, Resize wanted, Operation operation) throws InterruptedException {
        operation.begin("grow disks");
        wanted.disk().ifPresent(size -> grow(VolumeId.root(vm.id()), size));
        wanted.data().ifPresent(size -> grow(VolumeId.data(vm.id()), size));
    }

    private void grow(VolumeId id, ByteSize size) {
        Volume grown = backends.volumes().grow(id, size);
        LOG.debug("{} has {}", grown.id(), grown.size());
    }

    /** One try to give a stopped VM a disk of the host; {@code VM_BUSY} if another operation is on it. */
    void attach(VmId id, AttachedDisk disk, ChangeOptions options) {
        VmRecord before = power.settled(id, "attach disk to");
        if (before.spec().attached().contains(disk)) {
            return;
        }
        String what = "attach disk to vm '" + before.name() + "'";
        Creation.requireDisk(what, disk.path());
        change(
                "attach",
                id,
                options,
                (view, vm) -> {
                    VmLookup.requireState("attach disk to", vm, VmState.STOPPED, VmState.FAILED);
                    if (has(vm, disk.path())) {
                        throw new MinionsException(
                                ErrorCode.WRONG_STATE,
                                what + ": it has '" + disk.path() + "' with another access; detach it first");
                    }
                    with(vm.spec(), disk);
                },
                (vm, operation) -> {},
                spec -> with(spec, disk),
                "attached '" + disk.path() + "'");
    }

    private static VmSpec with(VmSpec spec, AttachedDisk disk) {
        return spec.toBuilder().attach(disk).build();
    }

    private static boolean has(VmRecord vm, Path disk) {
        return vm.spec().attached().stream().anyMatch(other -> other.path().equals(disk));
    }

    /** One try to take a disk of the host from a stopped VM; {@code VM_BUSY} if another operation is on it. */
    void detach(VmId id, Path disk, ChangeOptions options) {
        VmRecord before = power.settled(id, "detach disk from");
        Path path = disk.toAbsolutePath().normalize();
        change(
                "detach",
                id,
                options,
                (view, vm) -> {
                    if (!has(vm, path)) {
                        throw new MinionsException(
                                ErrorCode.PATH_NOT_FOUND,
                                "detach disk from vm '" + vm.name() + "': it has no disk '" + path
                                        + "'; 'minions disk list' shows those it has");
                    }
                    VmLookup.requireState("detach disk from", vm, VmState.STOPPED, VmState.FAILED);
                },
                (vm, operation) -> {},
                spec -> without(spec, path),
                "detached '" + path + "' of vm '" + before.name() + "'");
    }

    private static VmSpec without(VmSpec spec, Path disk) {
        List<AttachedDisk> left = new ArrayList<>(spec.attached());
        left.removeIf(other -> other.path().equals(disk));
        return spec.toBuilder().attached(left).build();
    }
}
