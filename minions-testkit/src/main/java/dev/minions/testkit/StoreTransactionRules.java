package dev.minions.testkit;

import static dev.minions.testkit.Failures.assertFails;
import static dev.minions.testkit.StoreRecords.PROJECT;
import static dev.minions.testkit.StoreRecords.fullVm;
import static dev.minions.testkit.StoreRecords.image;
import static dev.minions.testkit.StoreRecords.vm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.minions.VmId;
import dev.minions.error.ErrorCode;
import dev.minions.event.Event;
import dev.minions.spi.OperationRecord;
import dev.minions.spi.StateStore;
import dev.minions.spi.StateTransaction;
import dev.minions.spi.StateView;
import dev.minions.spi.VmRecord;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What holds of transactions, whatever is in them. */
abstract class StoreTransactionRules extends StoreCase {
    private static int count(StateView view) {
        return view.vms(Optional.empty()).size();
    }

    @Test
    void whatABodyReturnsIsWhatTheCallReturns() {
        assertThat(store.<String>read(view -> "read")).isEqualTo("read");
        assertThat(store.<String>write(tx -> "written")).isEqualTo("written");
    }

    @Test
    void aTransactionSeesItsOwnChanges() {
        VmRecord vm = vm("a", 3);

        List<VmRecord> seen = store.write(tx -> {
            tx.addVm(vm);
            return tx.vms(Optional.empty());
        });

        assertThat(seen).containsExactly(vm);
    }

    @Test
    void aBodyThatThrowsHasChangedNothing() {
        VmRecord kept = added("kept", 3);
        var failure = new IllegalStateException("the body's own");

        assertThatThrownBy(() -> store.write(tx -> {
                    changeEverything(tx, kept);
                    throw failure;
                }))
                .isSameAs(failure);

        assertThat(vms()).containsExactly(kept);
        assertThat(all(StateView::instances)).containsExactly(ENGINE);
        assertThat(all(StateView::openOperations)).isEmpty();
        assertThat(all(view -> view.images())).containsExactly(image(0, "debian"));
        assertThat(all(view -> view.lanes(kept.id()))).isEmpty();
        assertThat(all(view -> view.events(Optional.empty(), 0, 10))).isEmpty();
        assertThat(store.<Long>write(StateTransaction::freeCid))
                .as("a removal that did not happen holds no number back")
                .isEqualTo(4);
    }

    private static void changeEverything(StateTransaction tx, VmRecord vm) {
        tx.addInstance("instance-2");
        tx.openOperation(StoreRecords.operation(vm.id(), "start", "instance-2"));
        tx.claimLane(vm.id(), 1, "instance-2");
        tx.addEvent(PROJECT, vm.id(), Event.Type.STARTED, Optional.empty(), "");
        tx.putImage(image(1, "debian"));
        tx.addVm(vm("another", 4));
        tx.removeVm(vm.id());
    }

    @Test
    void aBodyThatDiesOfAnErrorHasChangedNothing() {
        var error = new LinkageError("as when a class is missing");

        assertThatThrownBy(() -> store.write(tx -> {
                    tx.addVm(vm("a", 3));
                    throw error;
                }))
                .isSameAs(error);

        assertThat(vms()).isEmpty();
        added("the-store-goes-on", 3);
    }

    @Test
    void aBrokenConstraintUndoesWhatWentBeforeIt() {
        added("a", 3);

        assertFails(
                ErrorCode.VM_EXISTS,
                () -> store.write(tx -> {
                    tx.addVm(vm("b", 4));
                    tx.addVm(vm("a", 5));
                    return true;
                }));

        assertThat(vms()).extracting(VmRecord::cid).containsExactly(3L);
    }

    @Test
    void aReaderNeitherWaitsForAWriterNorSeesWhatItHasNotCommitted() {
        var written = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var writer = Workers.begin(() -> store.write(tx -> {
            tx.addVm(vm("a", 3));
            written.countDown();
            Workers.await(goOn);
            return true;
        }));
        Workers.await(written);

        int meanwhile = store.<Integer>read(StoreTransactionRules::count);
        goOn.countDown();
        writer.result();

        assertThat(meanwhile).isZero();
        assertThat(store.<Integer>read(StoreTransactionRules::count)).isEqualTo(1);
    }

    @Test
    void aReaderSeesOneMomentHoweverLongItLooks() {
        var looked = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var reader = Workers.begin(() -> store.<List<Integer>>read(view -> {
            int before = count(view);
            looked.countDown();
            Workers.await(goOn);
            return List.of(before, count(view));
        }));
        Workers.await(looked);
        added("a", 3);
        goOn.countDown();

        assertThat(reader.result()).containsExactly(0, 0);
    }

    @Test
    void writersWaitForEachOther() {
        VmRecord counter = added("counter", 3);
        int threads = 8;
        int rounds = 25;

        Workers.atOnce(threads, thread -> {
            for (int i = 0; i < rounds; i++) {
                store.write(tx -> {
                    VmRecord now = tx.vm(counter.id()).orElseThrow();
                    int next = Integer.parseInt(now.failure().orElse("0")) + 1;
                    tx.updateVm(now.in(now.state(), now.desired(), Optional.of("" + next), now.startedAt()));
                    return true;
                });
            }
            return true;
        });

        assertThat(vms())
                .singleElement()
                .satisfies(vm -> assertThat(vm.failure()).contains("" + threads * rounds));
    }

    @Test
    void aWriterThatWaitsForAnotherCanBeInterrupted() {
        var writing = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var first = Workers.begin(() -> store.write(tx -> {
            writing.countDown();
            Workers.await(goOn);
            return true;
        }));
        Workers.await(writing);
        var second = Workers.begin(() -> store.write(tx -> {
            tx.addVm(vm("late", 3));
            return true;
        }));
        second.awaitWaiting();

        second.interrupt();

        assertFails(ErrorCode.CALL_INTERRUPTED, second::result);
        goOn.countDown();
        first.result();
        assertThat(vms()).isEmpty();
    }

    @Test
    void aSecondStoreSeesAtOnceWhatTheFirstCommitted() {
        try (StateStore second = open(clock)) {
            VmRecord vm = added("a", 3);

            assertThat(second.<Optional<VmRecord>>read(view -> view.vm(vm.id())))
                    .contains(vm);
            assertFails(
                    ErrorCode.VM_EXISTS,
                    () -> second.write(tx -> {
                        tx.addVm(vm("a", 4));
                        return true;
                    }));
        }
    }

    @Test
    void everythingSurvivesTheProcessThatWroteIt() {
        VmRecord full = fullVm("full", 3);
        VmRecord bare = vm(VmId.random(), PROJECT, "bare", 4, OptionalLong.empty(), spec -> spec);
        add(full, bare);
        OperationRecord operation = opened(full.id(), "start");
        store.write(tx -> {
            tx.putImage(StoreRecords.bareImage(1));
            tx.claimLane(full.id(), 5, ENGINE);
            return tx.addEvent(PROJECT, full.id(), Event.Type.CREATED, Optional.of(operation.id()), "eins, zwei: ☃");
        });
        List<Event> events = all(view -> view.events(Optional.empty(), 0, 10));
        store.close();

        store = open(clock);

        assertThat(vms()).containsExactly(full, bare);
        assertThat(all(StateView::openOperations)).containsExactly(operation);
        assertThat(all(view -> view.images())).containsExactly(image(0, "debian"), StoreRecords.bareImage(1));
        assertThat(all(view -> view.lanes(full.id()))).containsExactly(new StateView.LaneClaim(5, ENGINE));
        assertThat(all(view -> view.events(Optional.empty(), 0, 10))).isEqualTo(events);
        assertThat(events).singleElement().returns("eins, zwei: ☃", Event::detail);
        assertThat(all(StateView::instances)).containsExactly(ENGINE);
    }

    @Test
    void closingTwiceIsHarmless() {
        store.close();
        store.close();
    }

    @Test
    void theReserveCanBeReleasedAgainAndAgain() {
        store.releaseReserve();
        store.releaseReserve();

        assertThat(added("a", 3)).isEqualTo(vms().get(0));
    }
}
