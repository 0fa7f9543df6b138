package dev.minions.core.store;

import dev.minions.OperationId;
import dev.minions.ProjectName;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.event.Event;
import dev.minions.spi.ImageRecord;
import dev.minions.spi.OperationRecord;
import dev.minions.spi.SnapshotRecord;
import dev.minions.spi.StateView;
import dev.minions.spi.VmRecord;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** A view through a connection that is in a transaction. */
class StoreView implements StateView {
    private static final String EVENTS =
            "SELECT cursor, at, project, vm, type, operation, detail FROM events WHERE cursor > ? ";

    private final Sql sql;
    private boolean ended;

    StoreView(Sql sql) {
        this.sql = sql;
    }

    /** The connection, while the call that the view was made for goes on. */
    final Sql sql() {
        if (ended) {
            throw new IllegalStateException("a view is valid only within the call it was passed to");
        }
        return sql;
    }

    final void end() {
        ended = true;
    }

    @Override
    public Optional<VmRecord> vm(VmId id) {
        return VmRows.find(sql(), id);
    }

    @Override
    public Optional<VmRecord> vm(ProjectName project, VmName name) {
        return VmRows.find(sql(), project, name);
    }

    @Override
    public Optional<VmRecord> vmByKey(ProjectName project, String idempotencyKey) {
        return VmRows.findByKey(sql(), project, idempotencyKey);
    }

    @Override
    public List<VmRecord> vms(Optional<ProjectName> project) {
        return project.isEmpty() ? VmRows.list(sql()) : VmRows.list(sql(), project.get());
    }

    @Override
    public List<SnapshotRecord> snapshots(Optional<VmId> vm) {
        return SnapshotRows.list(sql(), vm);
    }

    @Override
    public Optional<OperationRecord> openOperation(VmId vm) {
        return OperationRows.openOn(sql(), vm);
    }

    @Override
    public List<OperationRecord> openOperations() {
        return OperationRows.open(sql());
    }

    @Override
    public Optional<OperationRecord> operation(OperationId id) {
        return OperationRows.find(sql(), id);
    }

    @Override
    public List<String> instances() {
        return sql().list("SELECT id FROM instances ORDER BY seq", Sql.Row::text);
    }

    @Override
    public List<LaneClaim> lanes(VmId vm) {
        return sql().list(
                        "SELECT lane, instance FROM lanes WHERE vm = ? ORDER BY lane",
                        row -> new LaneClaim(Math.toIntExact(row.number()), row.text()),
                        vm.toString());
    }

    @Override
    public List<ImageRecord> images() {
        return ImageRows.list(sql());
    }

    @Override
    public List<Event> events(Optional<ProjectName> project, long cursor, int limit) {
        String end = "ORDER BY cursor LIMIT ?";
        return project.isEmpty()
                ? sql().list(EVENTS + end, StoreView::event, cursor, limit)
                : sql().list(
                                EVENTS + "AND project = ? " + end,
                                StoreView::event,
                                cursor,
                                project.get().value(),
                                limit);
    }

    private static Event event(Sql.Row row) throws SQLException {
        return new Event(
                row.number(),
                Instants.ofNanos(row.number()),
                ProjectName.of(row.text()),
                VmId.of(row.text()),
                Event.Type.valueOf(row.text()),
                row.optionalText().map(OperationId::of),
                row.text());
    }
}
