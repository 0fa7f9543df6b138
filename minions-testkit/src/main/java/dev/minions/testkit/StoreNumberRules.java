package dev.minions.testkit;

import static dev.minions.testkit.Failures.assertFails;
import static dev.minions.testkit.StoreRecords.NETWORK;
import static dev.minions.testkit.StoreRecords.PROJECT;
import static dev.minions.testkit.StoreRecords.vm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.VmId;
import dev.minions.error.ErrorCode;
import dev.minions.spi.AddressPlan;
import dev.minions.spi.StateStore;
import dev.minions.spi.StateTransaction;
import dev.minions.spi.VmRecord;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What holds of CIDs and addresses: the lowest that is free, and not at once the one just given back. */
abstract class StoreNumberRules extends StoreCase {
    private static final Duration HELD_BACK = Duration.ofMinutes(2);
    private static final Duration MOMENT = Duration.ofSeconds(1);

    @Test
    void theFirstCidIsThree() {
        assertThat(freeCid()).isEqualTo(3);
        assertThat(freeCid()).as("asking takes nothing").isEqualTo(3);
    }

    @Test
    void aCidIsTheLowestThatNoVmHas() {
        added("a", 3);
        added("b", 5);

        assertThat(freeCid()).isEqualTo(4);

        added("c", 4);
        assertThat(freeCid()).isEqualTo(6);
    }

    @Test
    void aCidThatWasGivenBackRestsForTwoMinutes() {
        remove(added("a", 3));

        assertThat(freeCid()).isEqualTo(4);
        clock.advance(HELD_BACK.minus(MOMENT));
        assertThat(freeCid()).isEqualTo(4);
        clock.advance(MOMENT.plus(MOMENT));
        assertThat(freeCid()).isEqualTo(3);
    }

    @Test
    void aCidRestsForAnEngineThatComesLaterToo() {
        remove(added("a", 3));
        store.close();

        store = open(clock);

        assertThat(freeCid()).isEqualTo(4);
    }

    @Test
    void aRestBeginsWhenTheNumberWasGivenBackLast() {
        remove(added("a", 3));
        clock.advance(HELD_BACK.plus(MOMENT));
        remove(added("b", 3));
        clock.advance(HELD_BACK.minus(MOMENT));

        assertThat(freeCid()).isEqualTo(4);
    }

    @Test
    void anAddressIsTheLowestOfThePlanThatNoVmHas() {
        AddressPlan plan = plan(10, 20);

        assertThat(freeAddress(plan)).isEqualTo(10);
        addAddress("a", 3, 10);
        addAddress("b", 4, 12);
        assertThat(freeAddress(plan)).isEqualTo(11);
    }

    @Test
    void anAddressOfAnotherNetworkIsFree() {
        addAddress("a", 3, 10);

        assertThat(freeAddress(new AddressPlan("net1", 10, 20, 24, "0.0.0.1", List.of())))
                .isEqualTo(10);
    }

    @Test
    void anAddressOutsideThePlanDoesNotMatter() {
        addAddress("a", 3, 9);
        addAddress("b", 4, 21);

        assertThat(freeAddress(plan(10, 20))).isEqualTo(10);
    }

    @Test
    void anAddressThatWasGivenBackRestsForTwoMinutes() {
        AddressPlan plan = plan(10, 20);
        remove(addAddress("a", 3, 10));

        assertThat(freeAddress(plan)).isEqualTo(11);
        clock.advance(HELD_BACK.minus(MOMENT));
        assertThat(freeAddress(plan)).isEqualTo(11);
        clock.advance(MOMENT.plus(MOMENT));
        assertThat(freeAddress(plan)).isEqualTo(10);
    }

    @Test
    void anAddressThatRestsIsGivenIfNothingElseIsFree() {
        addAddress("a", 3, 10);
        remove(addAddress("b", 4, 11));

        assertThat(freeAddress(plan(10, 11))).isEqualTo(11);
    }

    @Test
    void aFullNetworkSaysSo() {
        addAddress("a", 3, 10);
        addAddress("b", 4, 11);

        assertFails(ErrorCode.NO_ADDRESS, () -> freeAddress(plan(10, 11)));
    }

    @Test
    void theLastAddressOfAllIsANumberLikeAnyOther() {
        AddressPlan plan = plan(0xFFFF_FFFEL, 0xFFFF_FFFFL);
        addAddress("a", 3, 0xFFFF_FFFEL);

        assertThat(freeAddress(plan)).isEqualTo(0xFFFF_FFFFL);
    }

    @Test
    void eightEnginesAtOnceNeverTakeTheSameNumber() {
        int threads = 8;
        int each = 12;
        AddressPlan plan = plan(100, 999);

        Workers.atOnce(threads, thread -> {
            try (StateStore own = open(clock)) {
                for (int i = 0; i < each; i++) {
                    String name = "vm-" + thread + "-" + i;
                    VmId created = own.write(tx -> take(tx, plan, name));
                    if (i % 3 == 0) {
                        own.write(tx -> {
                            tx.removeVm(created);
                            return true;
                        });
                    }
                }
                return true;
            }
        });

        assertThat(vms()).hasSize(threads * each * 2 / 3);
        assertThat(vms()).extracting(VmRecord::cid).doesNotHaveDuplicates();
        assertThat(vms()).extracting(VmRecord::address).doesNotHaveDuplicates();
    }

    private static VmId take(StateTransaction tx, AddressPlan plan, String name) {
        VmRecord vm =
                vm(VmId.random(), PROJECT, name, tx.freeCid(), OptionalLong.of(tx.freeAddress(plan)), spec -> spec);
        tx.addVm(vm);
        return vm.id();
    }

    private long freeCid() {
        return store.<Long>write(StateTransaction::freeCid);
    }

    private long freeAddress(AddressPlan plan) {
        return store.<Long>write(tx -> tx.freeAddress(plan));
    }

    private VmRecord addAddress(String name, long cid, long address) {
        VmRecord vm = vm(VmId.random(), PROJECT, name, cid, OptionalLong.of(address), spec -> spec);
        add(vm);
        return vm;
    }

    private static AddressPlan plan(long first, long last) {
        return new AddressPlan(NETWORK, first, last, 24, "0.0.0.1", List.of());
    }
}
