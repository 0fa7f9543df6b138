package dev.minions.cli;

import dev.minions.SnapshotInfo;
import dev.minions.SnapshotName;
import dev.minions.SnapshotOptions;
import dev.minions.Snapshots;
import dev.minions.error.ErrorCode;
import java.util.List;
import java.util.Optional;

/** The snapshots of a {@link FakeVm}. */
record FakeSnapshots(FakeVm vm, List<SnapshotInfo> all) implements Snapshots {
    @Override
    public SnapshotInfo create(SnapshotOptions options) {
        SnapshotInfo made = new SnapshotInfo(
                options.name().orElse(SnapshotName.of(FakeMinions.NOW)),
                FakeMinions.NOW,
                SnapshotInfo.Guest.FROZEN,
                vm.spec().disk(),
                Optional.empty());
        all.add(made);
        return made;
    }

    @Override
    public List<SnapshotInfo> list() {
        return List.copyOf(all);
    }

    @Override
    public void restore(SnapshotName name, SnapshotOptions options) {
        require(name);
    }

    @Override
    public void delete(SnapshotName name, SnapshotOptions options) {
        all.remove(require(name));
    }

    private SnapshotInfo require(SnapshotName name) {
        return all.stream()
                .filter(snapshot -> snapshot.name().equals(name))
                .findFirst()
                .orElseThrow(() -> FakeMinions.failure(
                        ErrorCode.SNAPSHOT_NOT_FOUND, "vm '" + vm.name() + "': it has no snapshot '" + name + "'"));
    }
}
