package dev.minions.core.engine;

import dev.minions.DestroyOptions;
import dev.minions.OperationId;
import dev.minions.ProgressListener;
import dev.minions.VmId;
import dev.minions.VmState;
import dev.minions.core.engine.Journal.Opening;
import dev.minions.event.Event;
import dev.minions.spi.OperationRecord;
import dev.minions.spi.OperationRecord.Entry;
import dev.minions.spi.OperationRecord.Phase;
import dev.minions.spi.SnapshotRecord;
import dev.minions.spi.StateStore;
import dev.minions.spi.StateTransaction;
import dev.minions.spi.VmRecord;
import dev.minions.spi.Vmm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Removes VMs. A removal has its commit at its beginning: once begun, it is finished by whoever comes next. It does not
 * wait for what is under way on the VM but asks it to give up, and after a while takes its VMM away.
 */
final class Removal {
    private static final String KIND = "destroy";
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Backends backends;
    private final StateStore store;
    private final Journal journal;
    private final Observer observer;

    Removal(Backends backends, StateStore store, Journal journal, Observer observer) {
        this.backends = backends;
        this.store = store;
        this.journal = journal;
        this.observer = observer;
    }

    /** Removes a VM that is there, and waits for its turn. Gone meanwhile, because what made it gave up, is success. */
    void destroy(VmId id, DestroyOptions options, Turns turns) {
        VmRecord vm = store.read(view -> VmLookup.require(view, id));
        backends.require(vm, KIND);
        boolean cancelled = cancelOther(vm, turns);
        turns.take(id, KIND, options.waitLimit(), () -> {
            if (cancelled && store.read(view -> view.vm(id)).isEmpty()) {
                return true; // the create that was cancelled has undone itself
            }
            remove(id, options.progress());
            return true;
        });
    }

    /** One try to remove a VM; {@code VM_BUSY} if another operation is on it. */
    void remove(VmId id, ProgressListener progress) {
        store.releaseReserve();
        journal.<Boolean>run(KIND, OperationId.random(), progress, transaction -> open(transaction, id), operation -> {
            VmRecord vm = store.read(view -> VmLookup.require(view, id));
            operation.begin("remove everything");
            Manifest.bury(observer.place(vm));
            journal.goForward(operation);
            operation.finish(transaction -> {
                transaction.addEvent(
                        vm.project(),
                        id,
                        Event.Type.DESTROYED,
                        Optional.of(operation.id()),
                        vm.name().value());
                Journal.forwardInStore(transaction, operation.record());
            });
            return true;
        });
    }

    private static Opening open(StateTransaction transaction, VmId id) {
        VmRecord vm = VmLookup.requireIdle(transaction, id);
        transaction.updateVm(vm.in(VmState.DESTROYING, VmState.STOPPED, vm.failure(), Optional.empty()));
        return new Opening(vm, Phase.FORWARD, List.of(), everything(vm, transaction.snapshots(Optional.of(id))));
    }

    private static List<Entry> everything(VmRecord vm, List<SnapshotRecord> snapshots) {
        List<Entry> all = new ArrayList<>(List.of(Actions.removeMachine(vm), Actions.detachNetwork(vm)));
        for (SnapshotRecord snapshot : snapshots) {
            snapshot.volumes().forEach(disk -> all.add(Actions.deleteSnapshot(vm, disk, snapshot.id())));
        }
        OwnDisks.of(vm).forEach(disk -> all.add(Actions.deleteVolume(vm, disk)));
        all.add(Actions.removeDirectory(vm));
        all.add(Actions.forgetVm());
        return all;
    }

    /** Whether another operation was asked to give up. */
    private boolean cancelOther(VmRecord vm, Turns turns) {
        Optional<OperationRecord> other =
                turns.holder(vm.id()).filter(holder -> !holder.kind().equals(KIND));
        if (other.isEmpty()) {
            return false;
        }
        journal.change(transaction -> transaction.requestCancel(other.get().id()));
        if (!turns.awaitIdle(vm.id(), PATIENCE)) {
            backends.hypervisor().find(observer.place(vm)).ifPresent(Removal::kill);
        }
        return true;
    }

    private static void kill(Vmm vmm) {
        try (vmm) {
            vmm.kill();
        }
    }
}
