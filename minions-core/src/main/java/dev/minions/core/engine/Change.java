package dev.minions.core.engine;

import dev.minions.VmSpec;
import dev.minions.spi.OperationRecord.Entry;
import dev.minions.spi.StateView;
import dev.minions.spi.VmRecord;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A change of what a VM is, which {@link Redefinition} makes as one operation.
 *
 * @param kind what it does, for people
 * @param detail what it did, for the event
 * @param check looks whether it can be made, before anything happens
 * @param undo what takes back the work, before it is begun
 * @param work what is to be done on the host before the change can be committed
 * @param spec the VM afterwards
 */
record Change(
        String kind,
        String detail,
        Check check,
        Function<VmRecord, List<Entry>> undo,
        Work work,
        UnaryOperator<VmSpec> spec) {
    /** Looks whether a change can be made. */
    @FunctionalInterface
    interface Check {
        void of(StateView view, VmRecord vm);
    }

    /** Does something on the host. */
    @FunctionalInterface
    interface Work {
        void on(VmRecord vm, Operation operation) throws InterruptedException;
    }

    /** One that changes nothing on the host but the manifest. */
    static Change ofRecord(String kind, String detail, Check check, UnaryOperator<VmSpec> spec) {
        return new Change(kind, detail, check, vm -> List.of(), (vm, operation) -> {}, spec);
    }
}
