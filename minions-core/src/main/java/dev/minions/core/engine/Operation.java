package dev.minions.core.engine;

import dev.minions.OperationId;
import dev.minions.Progress;
import dev.minions.ProgressListener;
import dev.minions.VmId;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.OperationRecord;
import dev.minions.spi.OperationRecord.Outcome;
import dev.minions.spi.StateStore;
import dev.minions.spi.StateTransaction;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An operation under way in this process. Its body's thread calls it; the writer of steps reads it.
 *
 * <p>A step is written to the store only if it lasts: one durable write a step would cost a create more than all its
 * other work, and the row that opened the operation already holds all that recovery needs.
 */
final class Operation implements ProgressListener {
    private static final long WRITE_STEP_AFTER_MILLIS = 200;

    private final StateStore store;
    private final ScheduledExecutorService stepWriter;
    private final ProgressListener progress;
    private final BooleanSupplier closing;
    private final Object lock = new Object();
    private OperationRecord record;
    private boolean open = true;
    private @Nullable Future<?> pendingStep;

    Operation(
            StateStore store,
            ScheduledExecutorService stepWriter,
            OperationRecord record,
            ProgressListener progress,
            BooleanSupplier closing) {
        this.store = store;
        this.stepWriter = stepWriter;
        this.record = record;
        this.progress = progress;
        this.closing = closing;
    }

    OperationId id() {
        return record().id();
    }

    VmId vm() {
        return record().vm();
    }

    /** Its row, as this process knows it. */
    OperationRecord record() {
        synchronized (lock) {
            return record;
        }
    }

    /**
     * Begins a step.
     *
     * @throws InterruptedException if the caller's thread was interrupted
     * @throws MinionsException {@code CANCELLED} if somebody asked the operation to give up
     */
    void begin(String step) throws InterruptedException {
        checkpoint();
        synchronized (lock) {
            record = record.at(step);
            cancelPendingStep();
            pendingStep = stepWriter.schedule(() -> writeStep(step), WRITE_STEP_AFTER_MILLIS, TimeUnit.MILLISECONDS);
        }
        progress.onProgress(Progress.of(step));
    }

    @Override
    public void onProgress(Progress made) {
        progress.onProgress(made);
    }

    private void writeStep(String step) {
        synchronized (lock) {
            if (!open || !record.step().equals(step)) {
                return;
            }
        }
        store.<Boolean>write(transaction -> {
            transaction.operation(id()).ifPresent(row -> transaction.updateOperation(row.at(step)));
            return true;
        });
    }

    /** Gives up if the caller was interrupted or somebody asked the operation to. */
    void checkpoint() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        OperationRecord now = record();
        if (closing.getAsBoolean()) {
            throw new MinionsException(
                    ErrorCode.CANCELLED,
                    now.kind() + " vm " + now.vm() + ": its engine was closed in step '" + now.step() + "'");
        }
        boolean cancelled = store.read(view -> view.openOperation(now.vm())
                .map(OperationRecord::cancelRequested)
                .orElse(false));
        if (cancelled) {
            throw new MinionsException(
                    ErrorCode.CANCELLED,
                    now.kind() + " vm " + now.vm() + ": cancelled in step '" + now.step() + "' by a kill or a destroy");
        }
    }

    /** Passes the commit: from now on the operation is finished, not undone, when its engine dies. */
    void commit(String nextStep, Consumer<StateTransaction> changes) {
        OperationRecord committed = record().committed(nextStep);
        store.<Boolean>write(transaction -> {
            changes.accept(transaction);
            transaction.updateOperation(committed);
            return true;
        });
        synchronized (lock) {
            record = committed;
        }
    }

    /** Ends the operation, in one transaction with the changes that show its result. */
    void finish(Consumer<StateTransaction> changes) {
        store.<Boolean>write(transaction -> {
            changes.accept(transaction);
            transaction.closeOperation(id(), Outcome.DONE);
            return true;
        });
        abandon();
    }

    void requireFinished() {
        synchronized (lock) {
            if (open) {
                throw new IllegalStateException("operation " + record.id() + " ended without finishing its row");
            }
        }
    }

    /** Stops writing steps and gives what is to be settled; empty if the operation has finished. */
    Optional<OperationRecord> abandon() {
        synchronized (lock) {
            cancelPendingStep();
            Optional<OperationRecord> unfinished = open ? Optional.of(record) : Optional.empty();
            open = false;
            return unfinished;
        }
    }

    private void cancelPendingStep() {
        if (pendingStep != null) {
            pendingStep.cancel(false);
        }
    }
}
