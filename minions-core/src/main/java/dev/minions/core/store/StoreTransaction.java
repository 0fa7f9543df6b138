package dev.minions.core.store;

import dev.minions.ImageRef;
import dev.minions.OperationId;
import dev.minions.ProjectName;
import dev.minions.VmId;
import dev.minions.core.store.BootClock.Moment;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.event.Event;
import dev.minions.spi.AddressPlan;
import dev.minions.spi.ImageRecord;
import dev.minions.spi.OperationRecord;
import dev.minions.spi.SnapshotRecord;
import dev.minions.spi.StateTransaction;
import dev.minions.spi.VmRecord;
import java.time.Clock;
import java.util.Optional;

/** Changes through the connection that writes. */
final class StoreTransaction extends StoreView implements StateTransaction {
    static final long FIRST_CID = 3;

    /** A VMM's user id is 1879048192 and the CID; what systemd leaves unused ends at 2147483647. */
    static final long LAST_CID = 268_435_455;

    /** How many events back one is kept. */
    static final int KEPT_EVENTS = 100_000;

    private static final String EVERYWHERE = "";

    private final Clock clock;
    private final Moment now;

    StoreTransaction(Sql sql, Clock clock, Moment now) {
        super(sql);
        this.clock = clock;
        this.now = now;
    }

    @Override
    public void addInstance(String instance) {
        sql().update("INSERT OR IGNORE INTO instances (id) VALUES (?)", instance);
    }

    @Override
    public void removeInstance(String instance) {
        sql().update("DELETE FROM lanes WHERE instance = ?", instance);
        sql().update("DELETE FROM instances WHERE id = ?", instance);
    }

    @Override
    public long freeCid() {
        return numbers()
                .lowestFree(Numbers.Kind.CID, EVERYWHERE, FIRST_CID, LAST_CID)
                .orElseThrow(() -> new MinionsException(
                        ErrorCode.NO_ADDRESS,
                        "choose a context id: all from " + FIRST_CID + " to " + LAST_CID + " are taken"));
    }

    @Override
    public long freeAddress(AddressPlan plan) {
        return numbers()
                .lowestFree(Numbers.Kind.ADDRESS, plan.network(), plan.first(), plan.last())
                .orElseThrow(() -> new MinionsException(
                        ErrorCode.NO_ADDRESS,
                        "choose an address on '" + plan.network() + "': all " + (plan.last() - plan.first() + 1)
                                + " from " + AddressPlan.text(plan.first()) + " to " + AddressPlan.text(plan.last())
                                + " are taken; destroy a VM or configure a larger range"));
    }

    private Numbers numbers() {
        return new Numbers(sql(), now);
    }

    @Override
    public void addVm(VmRecord vm) {
        VmRows.add(sql(), vm);
    }

    @Override
    public void updateVm(VmRecord vm) {
        VmRows.update(sql(), vm);
    }

    @Override
    public void addSnapshot(SnapshotRecord snapshot) {
        SnapshotRows.add(sql(), snapshot);
    }

    @Override
    public void removeSnapshot(VmId vm, String id) {
        SnapshotRows.remove(sql(), vm, id);
    }

    @Override
    public void removeVm(VmId id) {
        vm(id).ifPresent(this::remove);
    }

    private void remove(VmRecord vm) {
        numbers().withhold(Numbers.Kind.CID, EVERYWHERE, vm.cid());
        vm.address().ifPresent(address -> numbers().withhold(Numbers.Kind.ADDRESS, vm.network(), address));
        sql().update("DELETE FROM lanes WHERE vm = ?", vm.id().toString());
        VmRows.remove(sql(), vm.id());
    }

    @Override
    public void openOperation(OperationRecord operation) {
        OperationRows.add(sql(), operation);
    }

    @Override
    public void updateOperation(OperationRecord operation) {
        OperationRows.update(sql(), operation);
    }

    @Override
    public void requestCancel(OperationId id) {
        OperationRows.requestCancel(sql(), id);
    }

    @Override
    public void closeOperation(OperationId id, OperationRecord.Outcome outcome) {
        OperationRows.close(sql(), id, outcome);
    }

    @Override
    public boolean claimLane(VmId vm, int lane, String instance) {
        sql().update(
                        "INSERT INTO lanes (vm, lane, instance) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                        vm.toString(),
                        lane,
                        instance);
        return sql().exists(
                        "SELECT 1 FROM lanes WHERE vm = ? AND lane = ? AND instance = ?",
                        vm.toString(),
                        lane,
                        instance);
    }

    @Override
    public void releaseLane(VmId vm, int lane, String instance) {
        sql().update("DELETE FROM lanes WHERE vm = ? AND lane = ? AND instance = ?", vm.toString(), lane, instance);
    }

    @Override
    public void putImage(ImageRecord image) {
        ImageRows.put(sql(), image);
    }

    @Override
    public void removeImage(ImageRef digest) {
        ImageRows.remove(sql(), digest);
    }

    @Override
    public long addEvent(
            ProjectName project, VmId vm, Event.Type type, Optional<OperationId> operation, String detail) {
        long cursor = sql().insert(
                        "INSERT INTO events (at, project, vm, type, operation, detail) VALUES (?, ?, ?, ?, ?, ?)",
                        Instants.toNanos(clock.instant()),
                        project.value(),
                        vm.toString(),
                        type.name(),
                        operation.map(OperationId::toString).orElse(null),
                        detail);
        sql().update("DELETE FROM events WHERE cursor <= ?", cursor - KEPT_EVENTS);
        return cursor;
    }
}
