package dev.minions.core.engine;

import dev.minions.VmId;
import dev.minions.spi.SnapshotRecord;
import dev.minions.spi.StateStore;
import dev.minions.spi.VmPlace;
import dev.minions.spi.VmRecord;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** Writes the manifests of VMs as the store has them. */
final class Manifests {
    private final DataDirectory directory;
    private final StateStore store;
    private final BiFunction<VmRecord, List<SnapshotRecord>, byte[]> format;

    Manifests(DataDirectory directory, StateStore store, BiFunction<VmRecord, List<SnapshotRecord>, byte[]> format) {
        this.directory = directory;
        this.store = store;
        this.format = format;
    }

    /** Writes a VM's manifest anew; nothing if the VM or its directory is gone. */
    void write(VmId id) {
        record Rows(Optional<VmRecord> vm, List<SnapshotRecord> snapshots) {}
        Rows rows = store.read(view -> new Rows(view.vm(id), view.snapshots(Optional.of(id))));
        rows.vm().ifPresent(vm -> {
            VmPlace place = directory.place(id, vm.cid());
            if (Files.isDirectory(place.records())) {
                Manifest.write(place, format.apply(vm, rows.snapshots()));
            }
        });
    }
}
