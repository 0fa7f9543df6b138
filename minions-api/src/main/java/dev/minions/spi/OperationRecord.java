package dev.minions.spi;

import dev.minions.OperationId;
import dev.minions.VmId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An operation in the journal. Both lists are written before the first step, in the transaction that begins it, and
 * name only what this operation makes or removes.
 *
 * @param id its identity
 * @param vm the VM it works on
 * @param kind what it does: {@code create}, {@code start}, …
 * @param instance the engine that works on it
 * @param phase whether it is undone or finished when its engine dies
 * @param step the step it is in, for people
 * @param undo what undoes it before its commit, in the order of doing
 * @param forward what finishes it after its commit, in the order of doing
 * @param cancelRequested whether somebody wants it to give up
 * @param startedAt when it began, by the wall clock; for display
 */
public record OperationRecord(
        OperationId id,
        VmId vm,
        String kind,
        String instance,
        Phase phase,
        String step,
        List<Entry> undo,
        List<Entry> forward,
        boolean cancelRequested,
        Instant startedAt) {

    /** Copies the lists. */
    public OperationRecord {
        undo = List.copyOf(undo);
        forward = List.copyOf(forward);
    }

    /** The same operation in another step. */
    public OperationRecord at(String newStep) {
        return new OperationRecord(id, vm, kind, instance, phase, newStep, undo, forward, cancelRequested, startedAt);
    }

    /** The same operation past its commit. */
    public OperationRecord committed(String newStep) {
        return new OperationRecord(
                id, vm, kind, instance, Phase.FORWARD, newStep, undo, forward, cancelRequested, startedAt);
    }

    /** The same operation in the hands of another engine. */
    public OperationRecord takenBy(String newInstance) {
        return new OperationRecord(id, vm, kind, newInstance, phase, step, undo, forward, cancelRequested, startedAt);
    }

    /** What becomes of an operation whose engine dies. */
    public enum Phase {
        /** It is undone. */
        UNDO,
        /** It is finished. */
        FORWARD
    }

    /** How an operation ended. */
    public enum Outcome {
        /** It did what it was asked to. */
        DONE,
        /** Everything it had begun was undone. */
        UNDONE
    }

    /**
     * One thing to do, as data: idempotent, and done by whoever has that backend.
     *
     * @param backend the backend it needs; empty for the engine itself
     * @param action what to do, for example {@code volume.delete}
     * @param version the version of the action's meaning
     * @param arguments names and values
     */
    public record Entry(
            Optional<VmRecord.BackendRef> backend, String action, int version, Map<String, String> arguments) {
        /** Copies the map. */
        public Entry {
            arguments = Map.copyOf(arguments);
        }
    }
}
