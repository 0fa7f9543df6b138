package dev.minions.core.engine;

import dev.minions.error.LeftoverException;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.spi.OperationRecord;
import dev.minions.spi.StateStore;
import dev.minions.spi.VmRecord;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what dead engines began, and removes the ephemeral VMs they held. Done before each change, never by a reader;
 * costs one read when nothing is to be recovered.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final StateStore store;
    private final Instances instances;
    private final Journal journal;
    private final Consumer<VmRecord> destroyer;

    /**
     * Makes one.
     *
     * @param destroyer removes a VM whose owner is dead, as an operation of its own
     */
    Recovery(StateStore store, Instances instances, Journal journal, Consumer<VmRecord> destroyer) {
        this.store = store;
        this.instances = instances;
        this.journal = journal;
        this.destroyer = destroyer;
    }

    /** Recovers what every dead engine left; what needs a backend that this engine lacks stays as it is. */
    void recoverAll() {
        String self = instances.current();
        Set<String> others = store.read(view -> {
            Set<String> names = new TreeSet<>(view.instances());
            view.openOperations().forEach(operation -> names.add(operation.instance()));
            return names;
        });
        others.remove(self);
        others.forEach(this::recover);
    }

    /** Recovers what that engine left, if it is dead and nobody else does. */
    void recover(String instance) {
        Optional<Instances.Takeover> takeover = instances.takeOver(instance);
        if (takeover.isEmpty()) {
            return;
        }
        try (Instances.Takeover dead = takeover.get()) {
            boolean clean = settleOperations(instance);
            List<VmRecord> orphans = ephemeralVmsOf(instance);
            orphans.forEach(destroyer);
            if (clean && ephemeralVmsOf(instance).isEmpty()) {
                journal.change(transaction -> transaction.removeInstance(instance));
                dead.forget();
            }
        }
    }

    private boolean settleOperations(String instance) {
        List<OperationRecord> open = store.read(view -> view.openOperations().stream()
                .filter(operation -> operation.instance().equals(instance))
                .toList());
        boolean clean = true;
        for (OperationRecord operation : open) {
            LOG.atInfo()
                    .addKeyValue("operation", operation.id())
                    .log(
                            "recovering {} of vm {}, left in step '{}'",
                            operation.kind(),
                            operation.vm(),
                            operation.step());
            List<LeftoverException> leftovers = journal.settle(operation, Optional.of(recovered(operation)));
            clean &= leftovers.isEmpty();
        }
        return clean;
    }

    private static String recovered(OperationRecord operation) {
        String how = operation.phase() == OperationRecord.Phase.UNDO ? "undone" : "finished";
        return operation.kind() + " was " + how + " after its engine died in step '" + operation.step() + "'";
    }

    private List<VmRecord> ephemeralVmsOf(String instance) {
        return store.read(view -> view.vms(Optional.empty()).stream()
                .filter(vm -> vm.lifetime() == Lifetime.EPHEMERAL)
                .filter(vm -> vm.owner().equals(Optional.of(instance)))
                .toList());
    }
}
