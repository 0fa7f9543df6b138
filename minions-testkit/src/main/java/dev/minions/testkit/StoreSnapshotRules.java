package dev.minions.testkit;

import static dev.minions.testkit.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.ByteSize;
import dev.minions.SnapshotInfo;
import dev.minions.SnapshotName;
import dev.minions.VmId;
import dev.minions.error.ErrorCode;
import dev.minions.spi.SnapshotRecord;
import dev.minions.spi.VmRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What holds of snapshots: each is of a VM, and goes with it. */
abstract class StoreSnapshotRules extends StoreCase {
    @Test
    void aSnapshotComesBackAsItWasAdded() {
        VmRecord vm = added("web", 3);
        SnapshotRecord full = snapshot(vm.id(), "000000000001", "clean");
        SnapshotRecord bare = new SnapshotRecord(
                vm.id(),
                "000000000000",
                SnapshotName.of("2026-11-21T17-05-33Z"),
                Instant.EPOCH,
                SnapshotInfo.Guest.STOPPED,
                ByteSize.mib(64),
                Optional.empty());

        add(full);
        add(bare);

        assertThat(snapshots(Optional.of(vm.id()))).containsExactly(full, bare);
    }

    @Test
    void eachVmHasItsOwn() {
        VmRecord one = added("one", 3);
        VmRecord two = added("two", 4);
        SnapshotRecord ofOne = snapshot(one.id(), "000000000001", "clean");
        SnapshotRecord ofTwo = snapshot(two.id(), "000000000002", "clean");

        add(ofOne);
        add(ofTwo);

        assertThat(snapshots(Optional.of(one.id()))).containsExactly(ofOne);
        assertThat(snapshots(Optional.empty())).containsExactly(ofOne, ofTwo);
        remove(one);
        assertThat(snapshots(Optional.empty())).containsExactly(ofTwo);
    }

    @Test
    void aNameIsUniqueInItsVmUntilItsSnapshotIsRemoved() {
        VmRecord vm = added("web", 3);
        SnapshotRecord first = snapshot(vm.id(), "000000000001", "clean");
        SnapshotRecord second = snapshot(vm.id(), "000000000002", "clean");
        add(first);

        assertFails(ErrorCode.SNAPSHOT_EXISTS, () -> add(second));
        assertThat(snapshots(Optional.empty())).containsExactly(first);

        removeSnapshot(vm.id(), first.id());
        removeSnapshot(vm.id(), first.id());
        add(second);

        assertThat(snapshots(Optional.empty())).containsExactly(second);
    }

    @Test
    void aSnapshotOfNoVmIsRefused() {
        assertFails(ErrorCode.VM_NOT_FOUND, () -> add(snapshot(VmId.random(), "000000000001", "clean")));
    }

    private static SnapshotRecord snapshot(VmId vm, String id, String name) {
        return new SnapshotRecord(
                vm,
                id,
                SnapshotName.of(name),
                Instant.parse("2026-11-21T17:05:33.000000001Z"),
                SnapshotInfo.Guest.FROZEN,
                ByteSize.gb(10),
                Optional.of(ByteSize.mib(1)));
    }

    private void add(SnapshotRecord snapshot) {
        store.<Boolean>write(transaction -> {
            transaction.addSnapshot(snapshot);
            return true;
        });
    }

    private void removeSnapshot(VmId vm, String id) {
        store.<Boolean>write(transaction -> {
            transaction.removeSnapshot(vm, id);
            return true;
        });
    }

    private List<SnapshotRecord> snapshots(Optional<VmId> vm) {
        return store.read(view -> view.snapshots(vm));
    }
}
