package dev.minions.core.engine;

import dev.minions.OperationId;
import dev.minions.ProgressListener;
import dev.minions.StartOptions;
import dev.minions.StopOptions;
import dev.minions.StopResult;
import dev.minions.StopResult.How;
import dev.minions.VmId;
import dev.minions.VmState;
import dev.minions.core.engine.Journal.Opening;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.event.Event;
import dev.minions.spi.OperationRecord.Entry;
import dev.minions.spi.OperationRecord.Phase;
import dev.minions.spi.StateStore;
import dev.minions.spi.StateTransaction;
import dev.minions.spi.VmRecord;
import dev.minions.spi.Vmm;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Starts and stops VMs, and writes down the end of those that ended by themselves. */
final class Power {
    private final Backends backends;
    private final StateStore store;
    private final Journal journal;
    private final Observer observer;
    private final Boot boot;
    private final Shutdown shutdown;

    Power(Backends backends, StateStore store, Journal journal, Observer observer, Boot boot, Shutdown shutdown) {
        this.backends = backends;
        this.store = store;
        this.journal = journal;
        this.observer = observer;
        this.boot = boot;
        this.shutdown = shutdown;
    }

    /** One try to start a VM; {@code VM_BUSY} if another operation is on it. Whether it was started, or ran already. */
    boolean start(VmId id, StartOptions options) {
        VmRecord before = settled(id, "start");
        if (before.state() == VmState.RUNNING) {
            return false;
        }
        HostMemory.requireNow("start vm '" + before.name() + "'", before.spec().memory());
        Duration limit =
                options.bootTimeout().orElse(backends.hypervisor().traits().bootLimit());
        return journal.run("start", OperationId.random(), options.progress(), this.opening(id), operation -> {
            VmRecord vm = store.read(view -> VmLookup.require(view, id));
            boot.run(operation, vm, OwnDisks.find(backends.volumes(), vm, "start"), limit);
            operation.finish(transaction -> {
                transaction.updateVm(
                        vm.in(VmState.RUNNING, VmState.RUNNING, Optional.empty(), Optional.of(Instant.now())));
                transaction.addEvent(vm.project(), id, Event.Type.STARTED, Optional.of(operation.id()), "");
            });
            return true;
        });
    }

    private Function<StateTransaction, Opening> opening(VmId id) {
        return transaction -> {
            VmRecord vm = VmLookup.requireIdle(transaction, id);
            if (vm.state() != VmState.STOPPED && vm.state() != VmState.FAILED) {
                throw wrongState("start", vm, "stopped or failed");
            }
            transaction.updateVm(vm.in(VmState.STARTING, VmState.RUNNING, Optional.empty(), Optional.empty()));
            return new Opening(
                    vm,
                    Phase.UNDO,
                    List.of(
                            Actions.setState(VmState.STOPPED, VmState.STOPPED),
                            Actions.detachNetwork(vm),
                            Actions.removeMachine(vm)),
                    List.of());
        };
    }

    /** One try to stop a VM; {@code VM_BUSY} if another operation is on it. */
    StopResult stop(VmId id, StopOptions options) {
        long began = System.nanoTime();
        VmRecord before = settled(id, "stop");
        if (!before.state().hasProcess()) {
            return new StopResult(How.ALREADY_STOPPED, Duration.ZERO);
        }
        How how = journal.run(
                "stop",
                OperationId.random(),
                options.progress(),
                transaction -> openStop(transaction, id),
                operation -> {
                    VmRecord vm = store.read(view -> VmLookup.require(view, id));
                    How came = shutdown.run(operation, vm, options.grace());
                    operation.commit("clean up", transaction -> {});
                    journal.goForward(operation);
                    operation.finish(transaction -> {
                        Journal.forwardInStore(transaction, operation.record());
                        transaction.addEvent(
                                vm.project(), id, Event.Type.STOPPED, Optional.of(operation.id()), came.name());
                    });
                    return came;
                });
        return new StopResult(how, Duration.ofNanos(System.nanoTime() - began));
    }

    private static Opening openStop(StateTransaction transaction, VmId id) {
        VmRecord vm = VmLookup.requireIdle(transaction, id);
        if (!vm.state().hasProcess()) {
            throw wrongState("stop", vm, "running");
        }
        VmState was = vm.state();
        transaction.updateVm(vm.in(VmState.STOPPING, VmState.STOPPED, Optional.empty(), vm.startedAt()));
        return new Opening(vm, Phase.UNDO, List.of(Actions.setState(was, VmState.RUNNING)), ended(vm, VmState.STOPPED));
    }

    private static List<Entry> ended(VmRecord vm, VmState state) {
        return List.of(Actions.removeMachine(vm), Actions.detachNetwork(vm), Actions.setState(state, VmState.STOPPED));
    }

    /**
     * The VM, after what the host shows has been written down if it differs from what is believed.
     *
     * @throws MinionsException {@code VM_BUSY}, {@code VM_NOT_FOUND}, {@code BACKEND_MISSING}
     */
    VmRecord settled(VmId id, String operation) {
        VmRecord vm = store.read(view -> VmLookup.require(view, id));
        backends.require(vm, operation);
        if (!vm.state().hasProcess()) {
            return vm;
        }
        Observer.Sight sight = observer.look(vm, false);
        if (sight.pid().isPresent() && vm.state() == VmState.RUNNING) {
            return vm;
        }
        if (sight.state() == VmState.STOPPED || sight.state() == VmState.FAILED) {
            writeEnd(vm, sight);
            return store.read(view -> VmLookup.require(view, id));
        }
        return vm;
    }

    private void writeEnd(VmRecord seen, Observer.Sight sight) {
        journal.<Boolean>run(
                "settle",
                OperationId.random(),
                ProgressListener.NONE,
                transaction -> {
                    VmRecord vm = VmLookup.requireIdle(transaction, seen.id());
                    boolean still = vm.state().hasProcess() && vm.startedAt().equals(seen.startedAt());
                    return new Opening(vm, Phase.FORWARD, List.of(), still ? ended(vm, sight.state()) : List.of());
                },
                operation -> {
                    operation.begin("clean up");
                    journal.goForward(operation);
                    operation.finish(transaction -> {
                        Journal.forwardInStore(transaction, operation.record());
                        if (!operation.record().forward().isEmpty()) {
                            note(transaction, operation.id(), seen.id(), sight);
                        }
                    });
                    return true;
                });
    }

    private static void note(StateTransaction transaction, OperationId operation, VmId id, Observer.Sight sight) {
        VmRecord vm = VmLookup.require(transaction, id);
        transaction.updateVm(vm.in(vm.state(), vm.desired(), sight.failure(), Optional.empty()));
        boolean failed = sight.state() == VmState.FAILED;
        transaction.addEvent(
                vm.project(),
                id,
                failed ? Event.Type.FAILED : Event.Type.STOPPED,
                Optional.of(operation),
                sight.failure().orElse("the guest powered itself off"));
    }

    private static MinionsException wrongState(String operation, VmRecord vm, String wanted) {
        return new MinionsException(
                ErrorCode.WRONG_STATE,
                operation + " vm '" + vm.name() + "': it is " + vm.state().text() + ", it must be " + wanted);
    }

    /** The running VMM of a VM, for what is no operation. */
    Vmm running(VmRecord vm, String what) {
        backends.require(vm, what);
        Optional<Vmm> vmm = vm.state() == VmState.RUNNING || vm.state() == VmState.STOPPING
                ? backends.hypervisor().find(observer.place(vm))
                : Optional.empty();
        if (vmm.isEmpty() || vmm.get().pid().isEmpty()) {
            vmm.ifPresent(Vmm::close);
            throw new MinionsException(
                    ErrorCode.WRONG_STATE,
                    what + " vm '" + vm.name() + "': it is "
                            + observer.look(vm, false).state().text() + ", it must be running; start it first");
        }
        return vmm.get();
    }
}
