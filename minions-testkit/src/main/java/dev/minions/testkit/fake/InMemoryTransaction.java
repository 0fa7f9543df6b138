package dev.minions.testkit.fake;

import dev.minions.ImageRef;
import dev.minions.OperationId;
import dev.minions.PortForward;
import dev.minions.ProjectName;
import dev.minions.VmId;
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
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Changes a copy of the tables, and upholds every constraint in it. */
final class InMemoryTransaction extends InMemoryView implements StateTransaction {
    private static final Duration HELD_BACK = Duration.ofMinutes(2);
    private static final long FIRST_CID = 3;
    private static final long LAST_CID = 0xFFFF_FFFEL;

    private final Clock clock;

    InMemoryTransaction(StoreTables copy, Clock clock) {
        super(copy);
        this.clock = clock;
    }

    @Override
    public void addInstance(String instance) {
        tables().instances.add(instance);
    }

    @Override
    public void removeInstance(String instance) {
        tables().instances.remove(instance);
        tables().lanes.values().removeIf(instance::equals);
    }

    @Override
    public long freeCid() {
        Set<Long> taken = tables().vms.values().stream().map(VmRecord::cid).collect(Collectors.toSet());
        return lowest(FIRST_CID, LAST_CID, taken, tables().returnedCids::get)
                .orElseThrow(() -> new MinionsException(ErrorCode.NO_ADDRESS, "take a cid: all are in use"));
    }

    @Override
    public long freeAddress(AddressPlan plan) {
        Set<Long> taken = tables().vms.values().stream()
                .filter(vm -> vm.network().equals(plan.network()))
                .flatMapToLong(vm -> vm.address().stream())
                .boxed()
                .collect(Collectors.toSet());
        Map<StoreTables.Address, Instant> returned = tables().returnedAddresses;
        return lowest(
                        plan.first(),
                        plan.last(),
                        taken,
                        value -> returned.get(new StoreTables.Address(plan.network(), value)))
                .orElseThrow(() -> new MinionsException(
                        ErrorCode.NO_ADDRESS,
                        "take an address of network '" + plan.network() + "': all " + (plan.last() - plan.first() + 1)
                                + " are in use; destroy a vm that is not needed"));
    }

    /** What has just been given back comes last: whoever still talks to its old owner must not reach the new one. */
    private OptionalLong lowest(long first, long last, Set<Long> taken, LongFunction<Instant> returned) {
        Instant fresh = clock.instant().minus(HELD_BACK);
        OptionalLong rested = LongStream.rangeClosed(first, last)
                .filter(value -> !taken.contains(value))
                .filter(value -> Optional.ofNullable(returned.apply(value))
                        .map(at -> !at.isAfter(fresh))
                        .orElse(true))
                .findFirst();
        return rested.isPresent()
                ? rested
                : LongStream.rangeClosed(first, last)
                        .filter(value -> !taken.contains(value))
                        .findFirst();
    }

    @Override
    public void addVm(VmRecord vm) {
        if (!tables().images.containsKey(vm.imageDigest())) {
            throw new MinionsException(
                    ErrorCode.IMAGE_NOT_FOUND, "add vm '" + vm.name() + "': image " + vm.imageDigest() + " is gone");
        }
        requireNameFree(vm);
        requireNumbersFree(vm);
        requirePortsFree(vm);
        if (tables().vms.putIfAbsent(vm.id(), vm) != null) {
            throw new MinionsException(ErrorCode.VM_EXISTS, "add vm '" + vm.name() + "': id " + vm.id() + " is in use");
        }
    }

    @Override
    public void updateVm(VmRecord vm) {
        if (!tables().vms.containsKey(vm.id())) {
            throw new MinionsException(
                    ErrorCode.VM_NOT_FOUND, "change vm '" + vm.name() + "': there is none of id " + vm.id());
        }
        requireNameFree(vm);
        requireNumbersFree(vm);
        requirePortsFree(vm);
        tables().vms.replace(vm.id(), vm);
    }

    private void requireNameFree(VmRecord vm) {
        vm(vm.project(), vm.name()).filter(other -> !other.id().equals(vm.id())).ifPresent(other -> {
            throw new MinionsException(
                    ErrorCode.VM_EXISTS,
                    "add vm '" + vm.name() + "': vm " + other.id().shortForm() + " of project '" + vm.project()
                            + "' has that name; choose another");
        });
    }

    private void requireNumbersFree(VmRecord vm) {
        for (VmRecord other : tables().vms.values()) {
            if (other.id().equals(vm.id())) {
                continue;
            }
            boolean sameAddress = vm.address().isPresent()
                    && vm.address().equals(other.address())
                    && vm.network().equals(other.network());
            if (sameAddress || vm.cid() == other.cid()) {
                throw new MinionsException(
                        ErrorCode.STORE_ERROR,
                        "add vm '" + vm.name() + "': vm '" + other.name() + "' has "
                                + (sameAddress
                                        ? "address "
                                                + AddressPlan.text(vm.address().orElseThrow())
                                        : "cid " + vm.cid()));
            }
        }
    }

    private void requirePortsFree(VmRecord vm) {
        for (VmRecord other : tables().vms.values()) {
            for (PortForward theirs : other.id().equals(vm.id())
                    ? Set.<PortForward>of()
                    : other.spec().publish()) {
                for (PortForward ours : vm.spec().publish()) {
                    if (ours.hostPort() == theirs.hostPort() && ours.address().equals(theirs.address())) {
                        throw new MinionsException(
                                ErrorCode.PORT_IN_USE,
                                "add vm '" + vm.name() + "': host port " + ours.hostPort() + " leads to vm '"
                                        + other.name() + "'; publish another");
                    }
                }
            }
        }
    }

    @Override
    public void addSnapshot(SnapshotRecord snapshot) {
        VmRecord vm = vm(snapshot.vm())
                .orElseThrow(() -> new MinionsException(
                        ErrorCode.VM_NOT_FOUND, "add snapshot '" + snapshot.name() + "': its vm is gone"));
        if (snapshots(Optional.of(snapshot.vm())).stream()
                .anyMatch(other -> other.name().equals(snapshot.name()))) {
            throw new MinionsException(
                    ErrorCode.SNAPSHOT_EXISTS,
                    "add snapshot '" + snapshot.name() + "': vm '" + vm.name() + "' has one of that name");
        }
        if (tables().snapshots.putIfAbsent(snapshot.id(), snapshot) != null) {
            throw new MinionsException(
                    ErrorCode.STORE_ERROR, "add snapshot '" + snapshot.name() + "': its id is in use");
        }
    }

    @Override
    public void removeSnapshot(VmId vm, String id) {
        tables().snapshots
                .values()
                .removeIf(snapshot -> snapshot.vm().equals(vm) && snapshot.id().equals(id));
    }

    @Override
    public void removeVm(VmId id) {
        VmRecord vm = tables().vms.remove(id);
        if (vm == null) {
            return;
        }
        Instant now = clock.instant();
        tables().lanes.keySet().removeIf(lane -> lane.vm().equals(id));
        tables().snapshots.values().removeIf(snapshot -> snapshot.vm().equals(id));
        tables().returnedCids.put(vm.cid(), now);
        vm.address()
                .ifPresent(value -> tables().returnedAddresses.put(new StoreTables.Address(vm.network(), value), now));
    }

    @Override
    public void openOperation(OperationRecord operation) {
        openOperation(operation.vm()).ifPresent(other -> {
            throw new MinionsException(
                    ErrorCode.VM_BUSY,
                    operation.kind() + " vm " + operation.vm().shortForm() + ": operation " + other.id() + " ("
                            + other.kind() + ", step '" + other.step() + "') has not ended");
        });
        tables().operations.put(operation.id(), operation);
        tables().unfinished.add(operation.id());
    }

    @Override
    public void updateOperation(OperationRecord operation) {
        if (tables().unfinished.contains(operation.id())) {
            OperationRecord known = Objects.requireNonNull(tables().operations.get(operation.id()));
            tables().operations.put(operation.id(), known.cancelRequested() ? cancelled(operation) : operation);
        }
    }

    @Override
    public void requestCancel(OperationId id) {
        if (tables().unfinished.contains(id)) {
            tables().operations.computeIfPresent(id, (same, operation) -> cancelled(operation));
        }
    }

    private static OperationRecord cancelled(OperationRecord operation) {
        return new OperationRecord(
                operation.id(),
                operation.vm(),
                operation.kind(),
                operation.instance(),
                operation.phase(),
                operation.step(),
                operation.undo(),
                operation.forward(),
                true,
                operation.startedAt());
    }

    @Override
    public void closeOperation(OperationId id, OperationRecord.Outcome outcome) {
        tables().unfinished.remove(id);
    }

    @Override
    public boolean claimLane(VmId vm, int lane, String instance) {
        return instance.equals(Objects.requireNonNullElse(
                tables().lanes.putIfAbsent(new StoreTables.Lane(vm, lane), instance), instance));
    }

    @Override
    public void releaseLane(VmId vm, int lane, String instance) {
        tables().lanes.remove(new StoreTables.Lane(vm, lane), instance);
    }

    @Override
    public void putImage(ImageRecord image) {
        tables().images.replaceAll((digest, other) -> without(other, image.names()));
        tables().images.put(image.digest().value(), image);
    }

    private static ImageRecord without(ImageRecord image, Set<String> names) {
        Set<String> left =
                image.names().stream().filter(name -> !names.contains(name)).collect(Collectors.toSet());
        return new ImageRecord(
                image.digest(),
                left,
                image.fingerprint(),
                image.os(),
                image.architecture(),
                image.size(),
                image.kernelArguments(),
                image.hasKernel(),
                image.hasInitrd(),
                image.agentVersion(),
                image.packages(),
                image.createdAt());
    }

    @Override
    public void removeImage(ImageRef digest) {
        tables().vms.values().stream()
                .filter(vm -> vm.imageDigest().equals(digest.value()))
                .findAny()
                .ifPresent(vm -> {
                    throw new MinionsException(
                            ErrorCode.IMAGE_IN_USE,
                            "remove image " + digest + ": vm '" + vm.name() + "' stands on it; destroy it first");
                });
        tables().images.remove(digest.value());
    }

    @Override
    public long addEvent(
            ProjectName project, VmId vm, Event.Type type, Optional<OperationId> operation, String detail) {
        long cursor = tables().events.size() + 1L;
        tables().events.add(new Event(cursor, clock.instant(), project, vm, type, operation, detail));
        return cursor;
    }
}
