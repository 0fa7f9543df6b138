package dev.minions.core.engine;

import dev.minions.AttachedDisk;
import dev.minions.ByteSize;
import dev.minions.ChangeOptions;
import dev.minions.OperationId;
import dev.minions.Resize;
import dev.minions.VmId;
import dev.minions.VmName;
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
import java.util.List;
import java.util.Optional;
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
    private final LiveChanges live;

    Redefinition(Backends backends, StateStore store, Journal journal, Power power, GuestAgents agents) {
        this.backends = backends;
        this.store = store;
        this.journal = journal;
        this.power = power;
        this.agents = agents;
        this.live = new LiveChanges(backends, power, agents);
    }

    /** Makes a change, as one operation; {@code VM_BUSY} if another one is on the VM. */
    void make(VmId id, ChangeOptions options, Change change) {
        journal.<Boolean>run(
                change.kind(),
                OperationId.random(),
                options.progress(),
                transaction -> {
                    VmRecord vm = VmLookup.requireIdle(transaction, id);
                    change.check().of(transaction, vm);
                    return new Opening(vm, Phase.UNDO, change.undo().apply(vm), List.of(Actions.writeManifest()));
                },
                operation -> {
                    VmRecord vm = store.read(view -> VmLookup.require(view, id));
                    change.work().on(vm, operation);
                    operation.commit("write manifest", transaction -> {
                        transaction.updateVm(vm.defined(change.spec().apply(vm.spec())));
                        transaction.addEvent(
                                vm.project(), id, Event.Type.CHANGED, Optional.of(operation.id()), change.detail());
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
        Change rename = Change.ofRecord(
                "rename",
                "renamed from '" + before.name() + "' to '" + name + "'",
                (view, vm) -> requireFree(view, vm, name),
                spec -> spec.toBuilder().name(name).build());
        make(id, options, rename);
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

    /** One try to resize a VM; {@code VM_BUSY} if another operation is on it. */
    void resize(VmId id, Resize wanted, ChangeOptions options) {
        VmRecord before = power.settled(id, "resize");
        wanted.of(before.spec());
        if (before.state() == VmState.RUNNING) {
            live.resize(before, wanted, change -> make(id, options, change));
            return;
        }
        Change.Check check = (view, vm) -> {
            VmLookup.requireState("resize", vm, VmState.STOPPED, VmState.FAILED);
            requirePossible(backends, vm, wanted);
        };
        Change.Work work = (vm, operation) -> grow(vm, wanted, operation);
        make(id, options, new Change("resize", wanted.toString(), check, vm -> List.of(), work, wanted::of));
    }

    /** What no VM of that hypervisor, that host and these disks can have, running or not. */
    static void requirePossible(Backends backends, VmRecord vm, Resize wanted) {
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

    /** One try to give a VM a disk of the host; {@code VM_BUSY} if another operation is on it. */
    void attach(VmId id, AttachedDisk disk, ChangeOptions options) {
        VmRecord before = power.settled(id, "attach disk to");
        if (before.spec().attached().contains(disk)) {
            return;
        }
        Creation.requireDisk("attach disk to vm '" + before.name() + "'", disk.path());
        if (before.state() == VmState.RUNNING) {
            live.attach(before, disk, change -> make(id, options, change));
            return;
        }
        Change.Check check = (view, vm) -> {
            VmLookup.requireState("attach disk to", vm, VmState.STOPPED, VmState.FAILED);
            AttachedDisks.requireNew(vm, disk);
        };
        String detail = "attached '" + disk.path() + "'";
        make(id, options, Change.ofRecord("attach", detail, check, spec -> AttachedDisks.with(spec, disk)));
    }

    /** One try to take a disk of the host from a VM; {@code VM_BUSY} if another operation is on it. */
    void detach(VmId id, Path disk, ChangeOptions options) {
        VmRecord before = power.settled(id, "detach disk from");
        Path path = disk.toAbsolutePath().normalize();
        if (before.state() == VmState.RUNNING) {
            live.detach(before, path, change -> make(id, options, change));
            return;
        }
        Change.Check check = (view, vm) -> {
            AttachedDisks.require(vm, path);
            VmLookup.requireState("detach disk from", vm, VmState.STOPPED, VmState.FAILED);
        };
        String detail = "detached '" + path + "' of vm '" + before.name() + "'";
        make(id, options, Change.ofRecord("detach", detail, check, spec -> AttachedDisks.without(spec, path)));
    }
}
