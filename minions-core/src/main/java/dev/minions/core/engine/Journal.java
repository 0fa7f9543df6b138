package dev.minions.core.engine;

import dev.minions.OperationId;
import dev.minions.ProgressListener;
import dev.minions.VmName;
import dev.minions.error.LeftoverException;
import dev.minions.error.MinionsException;
import dev.minions.event.Event;
import dev.minions.spi.OperationRecord;
import dev.minions.spi.OperationRecord.Entry;
import dev.minions.spi.OperationRecord.Outcome;
import dev.minions.spi.OperationRecord.Phase;
import dev.minions.spi.StateStore;
import dev.minions.spi.StateTransaction;
import dev.minions.spi.VmRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs operations so that each ends done or undone, whatever happens to the process.
 *
 * <p>The row that opens an operation holds all that would undo it, and is the VM's lock; it is committed before the
 * first step. Before the operation's commit a failure, or another engine after a crash, undoes; after it they go
 * forward. The transaction that ends an operation also makes its result visible, so there is no moment between.
 */
final class Journal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    /** The owner of an operation whose undoing its engine could not finish; dead by definition, so others try again. */
    static final String ORPHANS = "00000000-0000-0000-0000-000000000000";

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);

    private final StateStore store;
    private final Actions actions;
    private final Instances instances;
    private final ScheduledExecutorService stepWriter = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("minions-steps").factory());

    /** One party for each operation under way, and one for the journal itself. */
    private final Phaser running = new Phaser(1);

    private volatile boolean closing;

    Journal(StateStore store, Actions actions, Instances instances) {
        this.store = store;
        this.actions = actions;
        this.instances = instances;
    }

    /**
     * What an operation begins with.
     *
     * @param vm the VM
     * @param phase {@code FORWARD} for an operation that has its commit at its beginning
     * @param undo what undoes it, in the order of doing
     * @param forward what finishes it, in the order of doing
     */
    record Opening(VmRecord vm, Phase phase, List<Entry> undo, List<Entry> forward) {}

    /** What an operation does between its opening and its end. Must end by {@link Operation#finish}. */
    @FunctionalInterface
    interface Body<T> {
        T run(Operation operation) throws InterruptedException;
    }

    /**
     * Opens an operation, runs its body, and undoes or finishes it if the body throws.
     *
     * @param kind what it does, for people
     * @param id its id
     * @param progress hears of its steps
     * @param opening makes the first change; runs in the transaction that opens the operation
     * @param body the steps
     * @throws MinionsException what the body threw, with what could not be undone as suppressed
     */
    <T> T run(
            String kind,
            OperationId id,
            ProgressListener progress,
            Function<StateTransaction, Opening> opening,
            Body<T> body) {
        String instance = instances.current();
        running.register();
        try {
            return run(kind, id, instance, progress, opening, body);
        } finally {
            running.arriveAndDeregister();
        }
    }

    private <T> T run(
            String kind,
            OperationId id,
            String instance,
            ProgressListener progress,
            Function<StateTransaction, Opening> opening,
            Body<T> body) {
        record Opened(OperationRecord row, VmName name) {}
        Opened opened = store.write(transaction -> {
            Opening first = opening.apply(transaction);
            OperationRecord row = new OperationRecord(
                    id,
                    first.vm().id(),
                    kind,
                    instance,
                    first.phase(),
                    "begin",
                    first.undo(),
                    first.forward(),
                    false,
                    Instant.now());
            transaction.openOperation(row);
            return new Opened(row, first.vm().name());
        });
        OperationRecord record = opened.row();
        Operation operation = new Operation(store, stepWriter, record, progress, () -> closing);
        LOG.atInfo().addKeyValue("operation", id).log("{} vm {} begins", kind, record.vm());
        try {
            T result = body.run(operation);
            operation.requireFinished();
            LOG.atInfo().addKeyValue("operation", id).log("{} vm {} done", kind, record.vm());
            return result;
        } catch (InterruptedException e) {
            throw interrupted(operation, opened.name(), e);
        } catch (RuntimeException failure) {
            if (Interruption.ended(failure)) {
                throw interrupted(operation, opened.name(), failure);
            }
            end(operation).forEach(failure::addSuppressed);
            throw failure instanceof MinionsException known ? known.during(id) : failure;
        } catch (Error failure) {
            end(operation).forEach(failure::addSuppressed);
            throw failure;
        }
    }

    private MinionsException interrupted(Operation operation, VmName vm, Exception cause) {
        boolean undo = operation.record().phase() == Phase.UNDO;
        List<RuntimeException> left = end(operation);
        String outcome = !left.isEmpty()
                ? "the next change " + (undo ? "undoes" : "finishes") + " what is left of it"
                : undo ? "it was undone" : "it was finished";
        MinionsException failure = Interruption.of(operation.record().kind() + " vm '" + vm + "'", outcome, cause);
        left.forEach(failure::addSuppressed);
        return failure.during(operation.id());
    }

    /** Settles an operation whose body threw; returns what was in the way of that. */
    private List<RuntimeException> end(Operation operation) {
        boolean interrupted = Thread.interrupted(); // undoing runs commands, which must not start out interrupted
        List<RuntimeException> inTheWay = new ArrayList<>();
        try {
            Optional<OperationRecord> unfinished = operation.abandon();
            if (unfinished.isPresent()) {
                OperationRecord record = unfinished.get();
                LOG.atInfo()
                        .addKeyValue("operation", record.id())
                        .log("{} vm {} ended in step '{}'", record.kind(), record.vm(), record.step());
                inTheWay.addAll(settle(record, Optional.empty()));
            }
        } catch (RuntimeException e) {
            inTheWay.add(e); // the row stays open, and recovery has it
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return inTheWay;
    }

    /**
     * Undoes or finishes an operation nobody works on, and closes it; leaves it open for the next try if something of
     * it cannot be done.
     *
     * @param event what to tell, if anything
     * @return what is left on the host
     */
    List<LeftoverException> settle(OperationRecord record, Optional<String> event) {
        List<Entry> entries = new ArrayList<>(record.phase() == Phase.UNDO ? record.undo() : record.forward());
        if (record.phase() == Phase.UNDO) {
            Collections.reverse(entries);
        }
        store.releaseReserve();
        List<LeftoverException> leftovers = new ArrayList<>();
        for (Entry entry : entries) {
            try {
                actions.onHost(record.vm(), entry);
            } catch (RuntimeException e) {
                leftovers.add(
                        new LeftoverException(entry.action() + " of vm " + record.vm() + ": " + e.getMessage(), e));
            }
        }
        if (leftovers.isEmpty()) {
            close(record, entries, event);
        } else {
            leave(record, leftovers);
        }
        return leftovers;
    }

    private void close(OperationRecord record, List<Entry> entries, Optional<String> event) {
        Outcome outcome = record.phase() == Phase.UNDO ? Outcome.UNDONE : Outcome.DONE;
        store.<Boolean>write(transaction -> {
            event.ifPresent(text -> transaction
                    .vm(record.vm())
                    .ifPresent(vm -> transaction.addEvent(
                            vm.project(), vm.id(), Event.Type.RECOVERED, Optional.of(record.id()), text)));
            entries.forEach(entry -> Actions.inStore(transaction, record.vm(), entry));
            transaction.closeOperation(record.id(), outcome);
            return true;
        });
        LOG.atInfo().addKeyValue("operation", record.id()).log("{} vm {} {}", record.kind(), record.vm(), outcome);
    }

    private void leave(OperationRecord record, List<LeftoverException> leftovers) {
        String text = leftovers.get(0).getMessage();
        LOG.atError()
                .addKeyValue("operation", record.id())
                .log(
                        "{} vm {} left {} things behind, the first: {}",
                        record.kind(),
                        record.vm(),
                        leftovers.size(),
                        text);
        store.<Boolean>write(transaction -> {
            transaction.updateOperation(record.takenBy(ORPHANS));
            return true;
        });
    }

    /** Does to the host what finishes an operation that is past its commit; its {@code finish} does the rest. */
    void goForward(Operation operation) {
        OperationRecord record = operation.record();
        record.forward().forEach(entry -> actions.onHost(record.vm(), entry));
    }

    /** What the entries that finish an operation say to the store. */
    static void forwardInStore(StateTransaction transaction, OperationRecord record) {
        record.forward().forEach(entry -> Actions.inStore(transaction, record.vm(), entry));
    }

    /** Makes what is under way give up, and waits until it is undone. */
    @Override
    public void close() {
        closing = true;
        int phase = running.arrive();
        try {
            running.awaitAdvanceInterruptibly(phase, CLOSE_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            LOG.warn("operations are still under way after {}; the next engine recovers them", CLOSE_LIMIT);
        }
        stepWriter.shutdownNow();
    }

    /** Makes a change that belongs to no operation. */
    void change(Consumer<StateTransaction> change) {
        store.<Boolean>write(transaction -> {
            change.accept(transaction);
            return true;
        });
    }
}
