package dev.minions.testkit;

import dev.minions.VmId;
import dev.minions.spi.OperationRecord;
import dev.minions.spi.StateStore;
import dev.minions.spi.StateView;
import dev.minions.spi.VmRecord;
import dev.minions.testkit.fake.ManualClock;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A store with one image and one engine, for a test. */
abstract class StoreCase {
    static final String ENGINE = "instance-1";

    final ManualClock clock = ManualClock.at(StoreRecords.CREATED);
    StateStore store;

    abstract StateStore open(Clock storeClock);

    @BeforeEach
    void openStore() {
        store = open(clock);
        store.write(tx -> {
            tx.addInstance(ENGINE);
            tx.putImage(StoreRecords.image(0, "debian"));
            return true;
        });
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    /** Adds VMs, in that order. */
    final void add(VmRecord... vms) {
        store.write(tx -> {
            for (VmRecord vm : vms) {
                tx.addVm(vm);
            }
            return true;
        });
    }

    final VmRecord added(String name, long cid) {
        VmRecord vm = StoreRecords.vm(name, cid);
        add(vm);
        return vm;
    }

    final void update(VmRecord vm) {
        store.write(tx -> {
            tx.updateVm(vm);
            return true;
        });
    }

    final void remove(VmRecord vm) {
        store.write(tx -> {
            tx.removeVm(vm.id());
            return true;
        });
    }

    final OperationRecord opened(VmId vm, String kind) {
        OperationRecord operation = StoreRecords.operation(vm, kind, ENGINE);
        store.write(tx -> {
            tx.openOperation(operation);
            return true;
        });
        return operation;
    }

    final List<VmRecord> vms() {
        return all(view -> view.vms(Optional.empty()));
    }

    final <T> List<T> all(Function<StateView, List<T>> body) {
        return store.read(body);
    }

    final <T> Optional<T> one(Function<StateView, Optional<T>> body) {
        return store.read(body);
    }
}
