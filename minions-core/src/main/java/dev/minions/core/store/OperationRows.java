package dev.minions.core.store;

import dev.minions.OperationId;
import dev.minions.VmId;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.BackendId;
import dev.minions.spi.OperationRecord;
import dev.minions.spi.OperationRecord.Entry;
import dev.minions.spi.OperationRecord.Outcome;
import dev.minions.spi.OperationRecord.Phase;
import dev.minions.spi.VmRecord.BackendRef;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The journal. A row without an outcome is the lock of its VM. */
final class OperationRows {
    /** How many operations back a finished one is kept. */
    static final int KEPT = 1_000;

    private static final String COLUMNS =
            "id, vm, kind, instance, phase, step, undo, forward, cancel_requested, started_at";
    private static final String SELECT = "SELECT " + COLUMNS + " FROM operations ";
    private static final String UNFINISHED = "outcome IS NULL";

    private OperationRows() {}

    static Optional<OperationRecord> openOn(Sql sql, VmId vm) {
        return sql.first(SELECT + "WHERE vm = ? AND " + UNFINISHED, OperationRows::read, vm.toString());
    }

    static List<OperationRecord> open(Sql sql) {
        return sql.list(SELECT + "WHERE " + UNFINISHED + " ORDER BY seq", OperationRows::read);
    }

    static Optional<OperationRecord> find(Sql sql, OperationId id) {
        return sql.first(SELECT + "WHERE id = ?", OperationRows::read, id.toString());
    }

    static void add(Sql sql, OperationRecord operation) {
        Optional<OperationRecord> other = openOn(sql, operation.vm());
        if (other.isPresent()) {
            throw new MinionsException(
                    ErrorCode.VM_BUSY,
                    operation.kind() + " vm '" + operation.vm() + "': operation "
                            + other.get().id() + " (" + other.get().kind() + ", in step '"
                            + other.get().step() + "') is under way");
        }
        sql.update(
                "INSERT INTO operations (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                operation.id().toString(),
                operation.vm().toString(),
                operation.kind(),
                operation.instance(),
                operation.phase().name(),
                operation.step(),
                write(operation.undo()),
                write(operation.forward()),
                operation.cancelRequested() ? 1 : 0,
                Instants.toNanos(operation.startedAt()));
    }

    /** All but what others write: a request to cancel, made meanwhile, is kept. */
    static void update(Sql sql, OperationRecord operation) {
        sql.update(
                "UPDATE operations SET instance = ?, phase = ?, step = ?, undo = ?, forward = ?,"
                        + " cancel_requested = max(cancel_requested, ?) WHERE id = ? AND " + UNFINISHED,
                operation.instance(),
                operation.phase().name(),
                operation.step(),
                write(operation.undo()),
                write(operation.forward()),
                operation.cancelRequested() ? 1 : 0,
                operation.id().toString());
    }

    static void requestCancel(Sql sql, OperationId id) {
        sql.update("UPDATE operations SET cancel_requested = 1 WHERE id = ? AND " + UNFINISHED, id.toString());
    }

    static void close(Sql sql, OperationId id, Outcome outcome) {
        sql.update("UPDATE operations SET outcome = ? WHERE id = ? AND " + UNFINISHED, outcome.name(), id.toString());
        sql.update(
                "DELETE FROM operations WHERE outcome IS NOT NULL AND seq < (SELECT max(seq) FROM operations) - ?",
                KEPT);
    }

    private static String write(List<Entry> entries) {
        return Json.write(entries.stream().map(OperationRows::json).toList());
    }

    private static Map<String, Object> json(Entry entry) {
        Map<String, Object> json = new LinkedHashMap<>();
        entry.backend().ifPresent(backend -> {
            json.put("backend", backend.id().value());
            json.put("configuration", backend.configuration());
        });
        json.put("action", entry.action());
        json.put("version", entry.version());
        json.put("arguments", entry.arguments());
        return json;
    }

    private static Entry entry(Json.Fields json) {
        return new Entry(
                Optional.ofNullable(json.optionalText("backend"))
                        .map(id -> new BackendRef(BackendId.of(id), json.text("configuration"))),
                json.text("action"),
                Math.toIntExact(json.number("version")),
                json.textMap("arguments"));
    }

    private static OperationRecord read(Sql.Row row) throws SQLException {
        return new OperationRecord(
                OperationId.of(row.text()),
                VmId.of(row.text()),
                row.text(),
                row.text(),
                Phase.valueOf(row.text()),
                row.text(),
                Json.array(row.text()).stream().map(OperationRows::entry).toList(),
                Json.array(row.text()).stream().map(OperationRows::entry).toList(),
                row.flag(),
                Instants.ofNanos(row.number()));
    }
}
