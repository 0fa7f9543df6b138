package dev.minions.testkit;

import static dev.minions.testkit.Failures.assertFails;
import static dev.minions.testkit.StoreRecords.PROJECT;
import static dev.minions.testkit.StoreRecords.in;
import static dev.minions.testkit.StoreRecords.renamed;
import static dev.minions.testkit.StoreRecords.vm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.PortForward;
import dev.minions.ProjectName;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.VmSpec;
import dev.minions.VmState;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.VmRecord;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;

/** What holds of VMs: who may have which name, number and port. */
abstract class StoreVmRules extends StoreCase {
    private static final ProjectName OTHER = ProjectName.of("other");

    @Test
    void aVmIsFoundByIdByNameAndByKey() {
        VmRecord vm = vm("a", 3, spec -> spec.idempotencyKey("key"));
        add(vm, vm("b", 4));

        assertThat(one(view -> view.vm(vm.id()))).contains(vm);
        assertThat(one(view -> view.vm(PROJECT, VmName.of("a")))).contains(vm);
        assertThat(one(view -> view.vmByKey(PROJECT, "key"))).contains(vm);
    }

    @Test
    void whatIsNotThereIsFoundInNoWay() {
        add(vm("a", 3, spec -> spec.idempotencyKey("key")));

        assertThat(one(view -> view.vm(VmId.random()))).isEmpty();
        assertThat(one(view -> view.vm(PROJECT, VmName.of("b")))).isEmpty();
        assertThat(one(view -> view.vm(OTHER, VmName.of("a")))).isEmpty();
        assertThat(one(view -> view.vmByKey(PROJECT, "other"))).isEmpty();
        assertThat(one(view -> view.vmByKey(OTHER, "key"))).isEmpty();
    }

    @Test
    void vmsAreListedInTheOrderOfTheirCreationAndByProject() {
        VmRecord first = vm("z", 9);
        VmRecord second = in(OTHER, vm("y", 8));
        VmRecord third = vm("x", 7);
        add(first, second, third);
        update(first.in(VmState.RUNNING, VmState.RUNNING, Optional.empty(), Optional.empty()));

        assertThat(vms()).extracting(VmRecord::id).containsExactly(first.id(), second.id(), third.id());
        assertThat(all(view -> view.vms(Optional.of(OTHER)))).containsExactly(second);
        assertThat(all(view -> view.vms(Optional.of(ProjectName.of("empty"))))).isEmpty();
    }

    @Test
    void aNameIsUniqueInItsProject() {
        added("a", 3);

        assertRefused(ErrorCode.VM_EXISTS, vm("a", 4)).withMessageContaining("a");

        add(in(OTHER, vm("a", 4)));
    }

    @Test
    void anIdIsNeverTakenTwice() {
        VmRecord vm = added("a", 3);

        assertRefused(ErrorCode.VM_EXISTS, vm(vm.id(), PROJECT, "b", 4, OptionalLong.of(9), spec -> spec));
    }

    @Test
    void aCidIsUniqueEverywhere() {
        added("a", 3);
        VmRecord second = vm(VmId.random(), OTHER, "b", 3, OptionalLong.empty(), spec -> spec);

        assertRefused(second);
    }

    @Test
    void anAddressIsUniqueInItsNetwork() {
        VmRecord first = added("a", 3);
        VmRecord second = vm(VmId.random(), OTHER, "b", 4, first.address(), spec -> spec);

        assertRefused(second);

        add(inNetwork(second, "net1"));
    }

    @Test
    void vmsWithoutAnAddressAreNotInEachOthersWay() {
        add(
                vm(VmId.random(), PROJECT, "a", 3, OptionalLong.empty(), spec -> spec),
                vm(VmId.random(), PROJECT, "b", 4, OptionalLong.empty(), spec -> spec));

        assertThat(vms()).hasSize(2).allMatch(vm -> vm.address().isEmpty());
    }

    @Test
    void aHostPortLeadsToOneVmWhetherItRunsOrNot() {
        PortForward forward = PortForward.of(8080, 80);
        VmRecord holder = vm("holder", 3, spec -> spec.publish(forward));
        add(holder);

        assertRefused(ErrorCode.PORT_IN_USE, vm("late", 4, spec -> spec.publish(PortForward.of(8080, 81))))
                .withMessageContaining("8080")
                .withMessageContaining("holder");

        remove(holder);
        add(vm("late", 4, spec -> spec.publish(forward)));
    }

    @Test
    void oneVmMayHaveSeveralPorts() {
        VmRecord vm = vm("a", 3, spec -> spec.publish(PortForward.of(8080, 80)).publish(PortForward.of(8081, 80)));
        add(vm, vm("b", 4, spec -> spec.publish(PortForward.of(8082, 80))));

        assertThat(vms().get(0)).isEqualTo(vm);
    }

    @Test
    void aVmCannotStandOnAnImageThatHasGone() {
        VmRecord vm = vm("a", 3);
        store.write(tx -> {
            tx.removeImage(StoreRecords.digest(0));
            return true;
        });

        assertRefused(ErrorCode.IMAGE_NOT_FOUND, vm);
    }

    @Test
    void anUpdateReplacesAllThatIsKnown() {
        VmRecord vm = added("a", 3);
        VmRecord running = renamed(vm, "b")
                .in(VmState.RUNNING, VmState.RUNNING, Optional.empty(), Optional.of(StoreRecords.CREATED));
        VmRecord failed = running.in(VmState.FAILED, VmState.STOPPED, Optional.of("panic"), Optional.empty());

        update(running);
        assertThat(vms()).containsExactly(running);
        assertThat(one(view -> view.vm(PROJECT, VmName.of("a")))).isEmpty();

        update(failed);
        assertThat(vms()).containsExactly(failed);
    }

    @Test
    void anUpdateCannotTakeANameInUse() {
        VmRecord first = added("a", 3);
        VmRecord second = added("b", 4);

        assertFails(ErrorCode.VM_EXISTS, () -> update(renamed(second, "a")));

        assertThat(vms()).containsExactly(first, second);
    }

    @Test
    void aVmThatIsNotThereCannotBeUpdated() {
        assertFails(ErrorCode.VM_NOT_FOUND, () -> update(vm("a", 3)));
    }

    @Test
    void aRemovedVmIsGoneWithItsNameAndItsLanes() {
        VmRecord vm = added("a", 3);
        store.write(tx -> tx.claimLane(vm.id(), 0, ENGINE));

        remove(vm);

        assertThat(vms()).isEmpty();
        assertThat(all(view -> view.lanes(vm.id()))).isEmpty();
        added("a", 4);
    }

    @Test
    void removingAVmThatIsNotThereIsSuccess() {
        remove(vm("a", 3));

        assertThat(vms()).isEmpty();
    }

    @Test
    void createsOfOneNameAtOnceGiveOneVm() {
        List<Boolean> created = Workers.atOnce(8, thread -> {
            try {
                add(vm("same", 3 + thread));
                return true;
            } catch (MinionsException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.VM_EXISTS);
                return false;
            }
        });

        assertThat(created).containsOnlyOnce(true);
        assertThat(vms()).hasSize(1);
    }

    private ThrowableAssertAlternative<MinionsException> assertRefused(ErrorCode code, VmRecord vm) {
        List<VmRecord> before = vms();
        var refusal = assertFails(code, () -> add(vm));
        assertThat(vms()).isEqualTo(before);
        return refusal;
    }

    /** For what no engine does while it takes its numbers from the store: which code does not matter. */
    private void assertRefused(VmRecord vm) {
        List<VmRecord> before = vms();
        assertThatExceptionOfType(MinionsException.class).isThrownBy(() -> add(vm));
        assertThat(vms()).isEqualTo(before);
    }

    private static VmRecord inNetwork(VmRecord vm, String network) {
        VmSpec spec = vm.spec();
        return new VmRecord(
                vm.id(),
                vm.project(),
                vm.name(),
                spec,
                vm.imageDigest(),
                vm.state(),
                vm.desired(),
                vm.failure(),
                vm.lifetime(),
                vm.owner(),
                vm.cid(),
                network,
                vm.address(),
                vm.hypervisor(),
                vm.volumes(),
                vm.nic(),
                vm.createdAt(),
                vm.startedAt());
    }
}
