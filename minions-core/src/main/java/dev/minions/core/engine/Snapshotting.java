package dev.minions.core.engine;

import dev.minions.OperationId;
import dev.minions.SnapshotInfo;
import dev.minions.SnapshotName;
import dev.minions.SnapshotOptions;
import dev.minions.VmId;
import dev.minions.VmSpec;
import dev.minions.VmState;
import dev.minions.core.engine.Journal.Opening;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.event.Event;
import dev.minions.spi.OperationRecord.Entry;
import dev.minions.spi.OperationRecord.Phase;
import dev.minions.spi.SnapshotRecord;
import dev.minions.spi.StateStore;
import dev.minions.spi.StateTransaction;
import dev.minions.spi.StateView;
import dev.minions.spi.VmRecord;
import dev.minions.spi.Volume;
import dev.minions.spi.VolumeId;
import dev.minions.spi.VolumeSnapshots;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Keeps what the disks of VMs hold, and brings it back. */
final class Snapshotting {
    private static final String CREATE = "snapshot";
    private static final String RESTORE = "restore";
    private static final String DELETE = "delete snapshot of";
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int ID_BYTES = 6;

    private final Backends backends;
    private final StateStore store;
    private final Journal journal;
    private final Power power;
    private final Stillness stillness;

    Snapshotting(Backends backends, StateStore store, Journal journal, Power power, Stillness stillness) {
        this.backends = backends;
        this.store = store;
        this.journal = journal;
        this.power = power;
        this.stillness = stillness;
    }

    /** A VM's snapshots, the oldest first. */
    List<SnapshotInfo> list(VmId id) {
        return store.read(view -> {
            VmLookup.require(view, id);
            return view.snapshots(Optional.of(id)).stream()
                    .map(SnapshotRecord::info)
                    .toList();
        });
    }

    /** One try to keep what a VM's disks hold; {@code VM_BUSY} if another operation is on it. */
    SnapshotInfo create(VmId id, SnapshotOptions options) {
        VmRecord before = power.settled(id, CREATE);
        VolumeSnapshots snapshots = OwnDisks.snapshots(backends.volumes(), before, CREATE);
        Instant now = Instant.now();
        String snapshot = newId();
        return journal.run(
                CREATE,
                OperationId.random(),
                options.progress(),
                transaction -> openCreate(transaction, id, snapshot, options),
                operation -> {
                    VmRecord vm = store.read(view -> VmLookup.require(view, id));
                    List<Volume> disks = OwnDisks.find(backends.volumes(), vm, CREATE);
                    operation.begin("keep disks");
                    stillness.during(operation, vm, CREATE, read -> snapshots.create(OwnDisks.of(vm), snapshot, read));
                    SnapshotRecord kept = store.read(view -> new SnapshotRecord(
                            id,
                            snapshot,
                            options.name().orElseGet(() -> freeName(view, id, now)),
                            now,
                            vm.state().hasProcess() ? SnapshotInfo.Guest.FROZEN : SnapshotInfo.Guest.STOPPED,
                            disks.get(0).size(),
                            disks.stream().skip(1).map(Volume::size).findFirst()));
                    finish(operation, Event.Type.SNAPSHOT_CREATED, kept, t -> t.addSnapshot(kept));
                    return kept.info();
                });
    }

    private static String newId() {
        byte[] id = new byte[ID_BYTES];
        RANDOM.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    private static Opening openCreate(StateTransaction transaction, VmId id, String snapshot, SnapshotOptions options) {
        VmRecord vm = VmLookup.requireIdle(transaction, id);
        VmLookup.requireState(CREATE, vm, VmState.STOPPED, VmState.FAILED, VmState.RUNNING);
        options.name().flatMap(name -> find(transaction, id, name)).ifPresent(other -> {
            throw new MinionsException(
                    ErrorCode.SNAPSHOT_EXISTS,
                    "snapshot vm '" + vm.name() + "': it has a snapshot '" + other.name() + "' of " + other.createdAt()
                            + "; choose another name or delete that one");
        });
        List<Entry> undo = OwnDisks.of(vm).stream()
                .map(disk -> Actions.deleteSnapshot(vm, disk, snapshot))
                .toList();
        return new Opening(vm, Phase.UNDO, undo, List.of(Actions.writeManifest()));
    }

    private static SnapshotName freeName(StateView view, VmId id, Instant now) {
        Set<SnapshotName> taken = view.snapshots(Optional.of(id)).stream()
                .map(SnapshotRecord::name)
                .collect(Collectors.toSet());
        SnapshotName time = SnapshotName.of(now);
        SnapshotName name = time;
        for (int number = 2; taken.contains(name); number++) {
            name = SnapshotName.of(time + "-" + number);
        }
        return name;
    }

    /** The commit, what is done after it, and the end. */
    private void finish(
            Operation operation, Event.Type type, SnapshotRecord snapshot, Consumer<StateTransaction> changes) {
        operation.commit("write manifest", transaction -> {
            changes.accept(transaction);
            VmRecord vm = VmLookup.require(transaction, snapshot.vm());
            transaction.addEvent(
                    vm.project(),
                    vm.id(),
                    type,
                    Optional.of(operation.id()),
                    snapshot.name().value());
        });
        journal.goForward(operation);
        operation.finish(transaction -> Journal.forwardInStore(transaction, operation.record()));
    }

    /** One try to bring back what a VM's disks held; {@code VM_BUSY} if another operation is on it. */
    void restore(VmId id, SnapshotName name, SnapshotOptions options) {
        VmRecord before = power.settled(id, RESTORE);
        VolumeSnapshots snapshots = OwnDisks.snapshots(backends.volumes(), before, RESTORE);
        journal.<Boolean>run(
                RESTORE,
                OperationId.random(),
                options.progress(),
                transaction -> openRestore(transaction, id, name),
                operation -> {
                    SnapshotRecord snapshot =
                            store.read(view -> require(view, VmLookup.require(view, id), name, RESTORE));
                    operation.begin("prepare disks");
                    for (VolumeId disk : snapshot.volumes()) {
                        snapshots.prepare(disk, snapshot.id());
                    }
                    operation.checkpoint();
                    finish(operation, Event.Type.SNAPSHOT_RESTORED, snapshot, transaction -> {
                        VmRecord vm = VmLookup.require(transaction, id);
                        transaction.updateVm(vm.defined(sized(vm.spec(), snapshot)));
                    });
                    return true;
                });
    }

    private static VmSpec sized(VmSpec spec, SnapshotRecord snapshot) {
        VmSpec.Builder builder = spec.toBuilder().disk(snapshot.disk());
        snapshot.data().ifPresent(builder::data);
        return builder.build();
    }

    private static Opening openRestore(StateTransaction transaction, VmId id, SnapshotName name) {
        VmRecord vm = VmLookup.requireIdle(transaction, id);
        VmLookup.requireState(RESTORE, vm, VmState.STOPPED, VmState.FAILED);
        SnapshotRecord snapshot = require(transaction, vm, name, RESTORE);
        List<Entry> undo = new ArrayList<>();
        List<Entry> forward = new ArrayList<>();
        for (VolumeId disk : snapshot.volumes()) {
            undo.add(Actions.discardRestore(vm, disk, snapshot.id()));
            forward.add(Actions.replaceBySnapshot(vm, disk, snapshot.id()));
        }
        forward.add(Actions.writeManifest());
        return new Opening(vm, Phase.UNDO, undo, forward);
    }

    /** One try to remove a snapshot; {@code VM_BUSY} if another operation is on the VM. */
    void delete(VmId id, SnapshotName name, SnapshotOptions options) {
        VmRecord before = power.settled(id, DELETE);
        OwnDisks.snapshots(backends.volumes(), before, DELETE);
        journal.<Boolean>run(
                "delete snapshot",
                OperationId.random(),
                options.progress(),
                transaction -> openDelete(transaction, id, name),
                operation -> {
                    operation.begin("delete disks");
                    journal.goForward(operation);
                    operation.finish(transaction -> {
                        VmRecord vm = VmLookup.require(transaction, id);
                        Journal.forwardInStore(transaction, operation.record());
                        transaction.addEvent(
                                vm.project(),
                                id,
                                Event.Type.SNAPSHOT_DELETED,
                                Optional.of(operation.id()),
                                name.value());
                    });
                    return true;
                });
    }

    /** From its first moment it can only go forward: half of a snapshot is nobody's. */
    private static Opening openDelete(StateTransaction transaction, VmId id, SnapshotName name) {
        VmRecord vm = VmLookup.requireIdle(transaction, id);
        SnapshotRecord snapshot = require(transaction, vm, name, DELETE);
        transaction.removeSnapshot(id, snapshot.id());
        List<Entry> forward = new ArrayList<>(List.of(Actions.writeManifest()));
        snapshot.volumes().forEach(disk -> forward.add(Actions.deleteSnapshot(vm, disk, snapshot.id())));
        return new Opening(vm, Phase.FORWARD, List.of(), forward);
    }

    private static Optional<SnapshotRecord> find(StateView view, VmId id, SnapshotName name) {
        return view.snapshots(Optional.of(id)).stream()
                .filter(snapshot -> snapshot.name().equals(name))
                .findFirst();
    }

    private static SnapshotRecord require(StateView view, VmRecord vm, SnapshotName name, String what) {
        return find(view, vm.id(), name)
                .orElseThrow(() -> new MinionsException(
                        ErrorCode.SNAPSHOT_NOT_FOUND,
                        what + " vm '" + vm.name() + "': it has no snapshot '" + name + "'; it has "
                                + names(view, vm)));
    }

    private static String names(StateView view, VmRecord vm) {
        List<String> names = view.snapshots(Optional.of(vm.id())).stream()
                .map(snapshot -> "'" + snapshot.name() + "'")
                .toList();
        return names.isEmpty() ? "none" : String.join(", ", names);
    }
}
