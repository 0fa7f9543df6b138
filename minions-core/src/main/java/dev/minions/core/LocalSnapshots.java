package dev.minions.core;

import dev.minions.SnapshotInfo;
import dev.minions.SnapshotName;
import dev.minions.SnapshotOptions;
import dev.minions.Snapshots;
import dev.minions.VmId;
import dev.minions.core.engine.Engine;
import java.util.List;

/** The snapshots of a VM of an engine in this process. */
record LocalSnapshots(Engine engine, VmId vm) implements Snapshots {
    @Override
    public SnapshotInfo create(SnapshotOptions options) {
        return engine.snapshot(vm, options);
    }

    @Override
    public List<SnapshotInfo> list() {
        return engine.snapshots(vm);
    }

    @Override
    public void restore(SnapshotName name, SnapshotOptions options) {
        engine.restore(vm, name, options);
    }

    @Override
    public void delete(SnapshotName name, SnapshotOptions options) {
        engine.deleteSnapshot(vm, name, options);
    }
}
