package dev.minions.testkit;

import static dev.minions.testkit.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.OperationId;
import dev.minions.VmId;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.OperationRecord;
import dev.minions.spi.OperationRecord.Outcome;
import dev.minions.spi.StateView;
import dev.minions.spi.StateView.LaneClaim;
import dev.minions.spi.VmRecord;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What holds of the journal, whose open row is a VM's lock, and of engines and the lanes they hold. */
abstract class StoreJournalRules extends StoreCase {
    private static final String SECOND = "instance-2";

    @Test
    void anUnfinishedOperationIsItsVmsLock() {
        VmRecord vm = added("a", 3);
        OperationRecord first = opened(vm.id(), "start");

        assertFails(ErrorCode.VM_BUSY, () -> opened(vm.id(), "stop"))
                .withMessageContaining(first.id().toString());

        assertThat(one(view -> view.openOperation(vm.id()))).contains(first);
    }

    @Test
    void operationsOnDifferentVmsAreIndependent() {
        OperationRecord first = opened(added("a", 3).id(), "start");
        OperationRecord second = opened(added("b", 4).id(), "start");

        assertThat(openOperations()).containsExactly(first, second);
        assertThat(one(view -> view.openOperation(second.vm()))).contains(second);
    }

    @Test
    void anOperationThatHasEndedFreesItsVm() {
        VmRecord vm = added("a", 3);
        OperationRecord first = opened(vm.id(), "start");

        close(first, Outcome.DONE);

        assertThat(one(view -> view.openOperation(vm.id()))).isEmpty();
        assertThat(openOperations()).isEmpty();
        OperationRecord second = opened(vm.id(), "stop");
        assertThat(openOperations()).containsExactly(second);
    }

    @Test
    void anOperationIsKnownWhetherItHasEndedOrNot() {
        OperationRecord operation = opened(added("a", 3).id(), "start");
        assertThat(one(view -> view.operation(operation.id()))).contains(operation);

        close(operation, Outcome.UNDONE);

        assertThat(one(view -> view.operation(operation.id()))).contains(operation);
        assertThat(one(view -> view.operation(OperationId.random()))).isEmpty();
    }

    @Test
    void anOperationOutlivesTheVmItDestroys() {
        VmRecord vm = added("a", 3);
        OperationRecord operation = opened(vm.id(), "destroy");

        remove(vm);

        assertThat(openOperations()).containsExactly(operation);
        close(operation, Outcome.DONE);
        assertThat(openOperations()).isEmpty();
    }

    @Test
    void anOperationBeginsBeforeTheVmItCreates() {
        VmId vm = VmId.random();

        OperationRecord operation = opened(vm, "create");

        assertThat(one(view -> view.openOperation(vm))).contains(operation);
    }

    @Test
    void anUpdateReplacesWhatIsKnownOfAnUnfinishedOperation() {
        OperationRecord operation = opened(added("a", 3).id(), "start");
        OperationRecord later = operation.committed("boot").takenBy(SECOND);

        update(later);

        assertThat(openOperations()).containsExactly(later);
    }

    @Test
    void aFinishedOperationIsChangedByNothing() {
        OperationRecord operation = opened(added("a", 3).id(), "start");
        close(operation, Outcome.DONE);

        update(operation.committed("too late"));
        requestCancel(operation.id());
        close(operation, Outcome.UNDONE);

        assertThat(one(view -> view.operation(operation.id()))).contains(operation);
        assertThat(openOperations()).isEmpty();
    }

    @Test
    void closingAnOldOperationLeavesTheNewOneOpen() {
        VmRecord vm = added("a", 3);
        OperationRecord first = opened(vm.id(), "start");
        close(first, Outcome.DONE);
        OperationRecord second = opened(vm.id(), "stop");

        close(first, Outcome.UNDONE);

        assertThat(openOperations()).containsExactly(second);
    }

    @Test
    void aRequestToCancelIsSeenByTheOwner() {
        OperationRecord operation = opened(added("a", 3).id(), "start");

        requestCancel(operation.id());

        assertThat(one(view -> view.operation(operation.id())))
                .hasValueSatisfying(seen -> assertThat(seen.cancelRequested()).isTrue());
    }

    @Test
    void anOwnerWhoHasNotHeardOfARequestToCancelDoesNotTakeItBack() {
        OperationRecord operation = opened(added("a", 3).id(), "start");
        requestCancel(operation.id());

        update(operation.at("boot"));

        assertThat(one(view -> view.operation(operation.id()))).hasValueSatisfying(seen -> {
            assertThat(seen.cancelRequested()).isTrue();
            assertThat(seen.step()).isEqualTo("boot");
        });
    }

    @Test
    void whatIsUnknownCanBeUpdatedCancelledAndClosedWithoutHarm() {
        OperationRecord unknown = StoreRecords.operation(VmId.random(), "start", ENGINE);

        update(unknown);
        requestCancel(unknown.id());
        close(unknown, Outcome.DONE);

        assertThat(one(view -> view.operation(unknown.id()))).isEmpty();
    }

    @Test
    void ofEightWhoWantAVmAtOnceOneGetsIt() {
        VmRecord vm = added("a", 3);

        List<Boolean> got = Workers.atOnce(8, thread -> {
            try {
                opened(vm.id(), "start");
                return true;
            } catch (MinionsException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.VM_BUSY);
                return false;
            }
        });

        assertThat(got).containsOnlyOnce(true);
        assertThat(openOperations()).hasSize(1);
    }

    @Test
    void enginesComeAndGo() {
        store.write(tx -> {
            tx.addInstance(SECOND);
            tx.removeInstance(ENGINE);
            tx.removeInstance("never-there");
            return true;
        });

        assertThat(all(StateView::instances)).containsExactly(SECOND);
    }

    @Test
    void aLaneHasOneHolder() {
        VmRecord vm = added("a", 3);
        addSecondEngine();

        assertThat(claim(vm, 0, ENGINE)).isTrue();
        assertThat(claim(vm, 0, SECOND)).isFalse();
        assertThat(claim(vm, 1, SECOND)).isTrue();

        assertThat(lanes(vm)).containsExactlyInAnyOrder(new LaneClaim(0, ENGINE), new LaneClaim(1, SECOND));
    }

    @Test
    void lanesOfDifferentVmsAreDifferentLanes() {
        VmRecord first = added("a", 3);
        VmRecord second = added("b", 4);
        addSecondEngine();

        assertThat(claim(first, 0, ENGINE)).isTrue();
        assertThat(claim(second, 0, SECOND)).isTrue();

        assertThat(lanes(second)).containsExactly(new LaneClaim(0, SECOND));
    }

    @Test
    void onlyItsHolderGivesALaneBack() {
        VmRecord vm = added("a", 3);
        addSecondEngine();
        claim(vm, 0, ENGINE);

        release(vm, 0, SECOND);
        assertThat(claim(vm, 0, SECOND)).isFalse();

        release(vm, 0, ENGINE);
        release(vm, 0, ENGINE);
        assertThat(claim(vm, 0, SECOND)).isTrue();
    }

    @Test
    void anEngineThatGoesFreesItsLanesAndNobodyElses() {
        VmRecord vm = added("a", 3);
        addSecondEngine();
        claim(vm, 0, ENGINE);
        claim(vm, 1, SECOND);

        store.write(tx -> {
            tx.removeInstance(ENGINE);
            return true;
        });

        assertThat(lanes(vm)).containsExactly(new LaneClaim(1, SECOND));
        assertThat(claim(vm, 0, SECOND)).isTrue();
    }

    private List<OperationRecord> openOperations() {
        return all(StateView::openOperations);
    }

    private List<LaneClaim> lanes(VmRecord vm) {
        return all(view -> view.lanes(vm.id()));
    }

    private void update(OperationRecord operation) {
        store.write(tx -> {
            tx.updateOperation(operation);
            return Optional.empty();
        });
    }

    private void requestCancel(OperationId id) {
        store.write(tx -> {
            tx.requestCancel(id);
            return Optional.empty();
        });
    }

    private void close(OperationRecord operation, Outcome outcome) {
        store.write(tx -> {
            tx.closeOperation(operation.id(), outcome);
            return Optional.empty();
        });
    }

    private void addSecondEngine() {
        store.write(tx -> {
            tx.addInstance(SECOND);
            return Optional.empty();
        });
    }

    private boolean claim(VmRecord vm, int lane, String instance) {
        return store.<Boolean>write(tx -> tx.claimLane(vm.id(), lane, instance));
    }

    private void release(VmRecord vm, int lane, String instance) {
        store.write(tx -> {
            tx.releaseLane(vm.id(), lane, instance);
            return Optional.empty();
        });
    }
}
