package dev.minions.testkit.fake;

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
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Reads tables; refuses to be used after the call it was made for. */
class InMemoryView implements StateView {
    private final StoreTables tables;
    private boolean over;

    InMemoryView(StoreTables tables) {
        this.tables = tables;
    }

    final StoreTables tables() {
        if (over) {
            throw new IllegalStateException("a view of the store is valid only within the call it was passed to");
        }
        return tables;
    }

    final void end() {
        over = true;
    }

    @Override
    public final Optional<VmRecord> vm(VmId id) {
        return Optional.ofNullable(tables().vms.get(id));
    }

    @Override
    public final Optional<VmRecord> vm(ProjectName project, VmName name) {
        return tables().vms.values().stream()
                .filter(vm -> vm.name().equals(name) && vm.project().equals(project))
                .findAny();
    }

    @Override
    public final Optional<VmRecord> vmByKey(ProjectName project, String idempotencyKey) {
        return tables().vms.values().stream()
                .filter(vm -> vm.project().equals(project))
                .filter(vm -> vm.spec().idempotencyKey().equals(Optional.of(idempotencyKey)))
                .findAny();
    }

    @Override
    public final List<VmRecord> vms(Optional<ProjectName> project) {
        return tables().vms.values().stream()
                .filter(vm -> project.isEmpty() || project.get().equals(vm.project()))
                .toList();
    }

    @Override
    public final List<SnapshotRecord> snapshots(Optional<VmId> vm) {
        return tables().snapshots.values().stream()
                .filter(snapshot -> vm.isEmpty() || vm.get().equals(snapshot.vm()))
                .toList();
    }

    @Override
    public final Optional<OperationRecord> openOperation(VmId vm) {
        return openOperations().stream()
                .filter(operation -> operation.vm().equals(vm))
                .findAny();
    }

    @Override
    public final List<OperationRecord> openOperations() {
        StoreTables now = tables();
        return now.unfinished.stream()
                .map(id -> Objects.requireNonNull(now.operations.get(id)))
                .toList();
    }

    @Override
    public final Optional<OperationRecord> operation(OperationId id) {
        return Optional.ofNullable(tables().operations.get(id));
    }

    @Override
    public final List<String> instances() {
        return List.copyOf(tables().instances);
    }

    @Override
    public final List<LaneClaim> lanes(VmId vm) {
        return tables().lanes.entrySet().stream()
                .filter(lane -> lane.getKey().vm().equals(vm))
                .map(lane -> new LaneClaim(lane.getKey().number(), lane.getValue()))
                .toList();
    }

    @Override
    public final List<ImageRecord> images() {
        return List.copyOf(tables().images.values());
    }

    @Override
    public final List<Event> events(Optional<ProjectName> project, long cursor, int limit) {
        return tables().events.stream()
                .filter(event -> event.cursor() > cursor)
                .filter(event -> project.isEmpty() || project.get().equals(event.project()))
                .limit(limit)
                .toList();
    }
}
