package dev.minions.core.store;

import dev.minions.ByteSize;
import dev.minions.SnapshotInfo;
import dev.minions.SnapshotName;
import dev.minions.VmId;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.SnapshotRecord;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The snapshots of VMs. */
final class SnapshotRows {
    private static final String SELECT = "SELECT vm, id, name, created_at, guest, disk, data FROM snapshots ";

    private SnapshotRows() {}

    static List<SnapshotRecord> list(Sql sql, Optional<VmId> vm) {
        return vm.isEmpty()
                ? sql.list(SELECT + "ORDER BY seq", SnapshotRows::read)
                : sql.list(
                        SELECT + "WHERE vm = ? ORDER BY seq",
                        SnapshotRows::read,
                        vm.get().toString());
    }

    static void add(Sql sql, SnapshotRecord snapshot) {
        String vm = snapshot.vm().toString();
        String what = "add snapshot '" + snapshot.name() + "' of vm " + vm + ": ";
        if (!sql.exists("SELECT 1 FROM vms WHERE id = ?", vm)) {
            throw new MinionsException(ErrorCode.VM_NOT_FOUND, what + "there is no such vm");
        }
        if (sql.exists(
                "SELECT 1 FROM snapshots WHERE vm = ? AND name = ?",
                vm,
                snapshot.name().value())) {
            throw new MinionsException(ErrorCode.SNAPSHOT_EXISTS, what + "it has one of that name");
        }
        sql.update(
                "INSERT INTO snapshots (vm, id, name, created_at, guest, disk, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
                vm,
                snapshot.id(),
                snapshot.name().value(),
                Instants.toNanos(snapshot.createdAt()),
                snapshot.guest().name(),
                snapshot.disk().bytes(),
                snapshot.data().map(ByteSize::bytes).orElse(null));
    }

    static void remove(Sql sql, VmId vm, String id) {
        sql.update("DELETE FROM snapshots WHERE vm = ? AND id = ?", vm.toString(), id);
    }

    private static SnapshotRecord read(Sql.Row row) throws SQLException {
        return new SnapshotRecord(
                VmId.of(row.text()),
                row.text(),
                SnapshotName.of(row.text()),
                Instants.ofNanos(row.number()),
                SnapshotInfo.Guest.valueOf(row.text()),
                ByteSize.bytes(row.number()),
                row.optionalNumber().map(ByteSize::bytes));
    }
}
