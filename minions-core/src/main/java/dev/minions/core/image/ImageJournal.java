package dev.minions.core.image;

import dev.minions.OperationId;
import dev.minions.ProgressListener;
import dev.minions.VmId;
import dev.minions.core.engine.Instances;
import dev.minions.core.engine.Interruption;
import dev.minions.error.ErrorCode;
import dev.minions.error.LeftoverException;
import dev.minions.error.MinionsException;
import dev.minions.spi.OperationRecord;
import dev.minions.spi.OperationRecord.Entry;
import dev.minions.spi.OperationRecord.Outcome;
import dev.minions.spi.OperationRecord.Phase;
import dev.minions.spi.StateStore;
import dev.minions.spi.StateTransaction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Operations on images, in the same journal as those on VMs: the open row is the lock, says what would undo or finish
 * the operation, and is recovered by whoever finds its engine dead. What is locked is a subject, a recipe or a digest;
 * it stands in the row as an id of a VM's form that no VM can have got.
 */
final class ImageJournal {
    private static final Logger LOG = LoggerFactory.getLogger(ImageJournal.class);

    /** How the names of all these operations begin. */
    static final String KIND = "image ";

    /** The owner of what an engine could not undo; dead by definition. */
    private static final String ORPHANS = "00000000-0000-0000-0000-000000000000";

    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 500;
    private static final long VERSION_7 = 0x7000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private final StateStore store;
    private final Instances instances;
    private final ImageActions actions;
    private final Queues queues = new Queues();

    ImageJournal(StateStore store, Instances instances, ImageActions actions) {
        this.store = store;
        this.instances = instances;
        this.actions = actions;
    }

    /**
     * What an operation is.
     *
     * @param kind what it does, for people, without {@link #KIND}
     * @param subject what it locks
     * @param phase {@code FORWARD} if it is finished, not undone, when its engine dies
     * @param limit how long to wait for another operation on the subject
     */
    record Plan(String kind, String subject, Phase phase, Duration limit) {}

    /** What an operation has to say to the transaction that ends it, and its result. */
    record Ending<T>(T result, Consumer<StateTransaction> changes) {}

    /**
     * Waits for its turn, opens an operation, and runs its body; undoes it if the body throws.
     *
     * @param entries what undoes it, or finishes it, by the id of the operation
     * @param begin a change in the transaction that opens it
     * @param body the work
     * @param already looked at before each try: a result that makes the operation unnecessary
     * @throws MinionsException {@code VM_BUSY} if the wait was in vain, or what the body threw
     */
    <T> T run(
            Plan plan,
            Function<OperationId, List<Entry>> entries,
            Consumer<StateTransaction> begin,
            Function<OperationId, Ending<T>> body,
            Supplier<Optional<T>> already,
            ProgressListener progress) {
        recoverAll();
        VmId subject = subject(plan.subject());
        long deadline = System.nanoTime() + plan.limit().toNanos();
        try (Queues.Turn turn = queues.enter(subject, deadline)) {
            long pause = FIRST_PAUSE_MILLIS;
            while (true) {
                Optional<T> result = already.get();
                if (result.isPresent()) {
                    return result.get();
                }
                Optional<OperationRecord> row = turn.mine() ? open(plan, subject, entries, begin) : Optional.empty();
                if (row.isPresent()) {
                    return finish(row.get(), body);
                }
                awaitHolder(plan, subject, deadline, pause, progress);
                pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
            }
        } catch (InterruptedException e) {
            throw Failures.interrupted(KIND + plan.kind(), e);
        }
    }

    private Optional<OperationRecord> open(
            Plan plan, VmId subject, Function<OperationId, List<Entry>> entries, Consumer<StateTransaction> begin) {
        OperationId id = OperationId.random();
        boolean forward = plan.phase() == Phase.FORWARD;
        List<Entry> data = entries.apply(id);
        OperationRecord row = new OperationRecord(
                id,
                subject,
                KIND + plan.kind(),
                instances.current(),
                plan.phase(),
                "begin",
                forward ? List.of() : data,
                forward ? data : List.of(),
                false,
                Instant.now());
        boolean opened = store.write(transaction -> {
            if (transaction.openOperation(subject).isPresent()) {
                return false;
            }
            begin.accept(transaction);
            transaction.openOperation(row);
            return true;
        });
        return opened ? Optional.of(row) : Optional.empty();
    }

    private <T> T finish(OperationRecord row, Function<OperationId, Ending<T>> body) {
        LOG.atInfo().addKeyValue("operation", row.id()).log("{} begins", row.kind());
        try {
            Ending<T> ending = body.apply(row.id());
            store.<Boolean>write(transaction -> {
                ending.changes().accept(transaction);
                transaction.closeOperation(row.id(), Outcome.DONE);
                return true;
            });
            LOG.atInfo().addKeyValue("operation", row.id()).log("{} done", row.kind());
            return ending.result();
        } catch (RuntimeException failure) {
            RuntimeException told = Interruption.ended(failure) ? interrupted(row, failure) : failure;
            abandon(row, told);
            throw told instanceof MinionsException known ? known.during(row.id()) : told;
        } catch (Error failure) {
            abandon(row, failure);
            throw failure;
        }
    }

    private static MinionsException interrupted(OperationRecord row, RuntimeException cause) {
        return Interruption.of(row.kind(), row.phase() == Phase.UNDO ? "it was undone" : "it was finished", cause);
    }

    private void abandon(OperationRecord row, Throwable failure) {
        boolean interrupted = Thread.interrupted(); // undoing may run commands, which must not start out interrupted
        try {
            settle(row);
        } catch (RuntimeException e) {
            failure.addSuppressed(new LeftoverException("undo " + row.kind() + ": " + e.getMessage(), e));
            orphan(row);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Leaves what could not be undone to whoever comes next, this engine included. */
    private void orphan(OperationRecord row) {
        try {
            store.<Boolean>write(transaction -> {
                transaction.updateOperation(row.takenBy(ORPHANS));
                return true;
            });
        } catch (MinionsException e) {
            LOG.atError().addKeyValue("operation", row.id()).log("{} stays open: {}", row.kind(), e.getMessage());
        }
    }

    /** Undoes or finishes an operation that nobody works on, and closes it. */
    private void settle(OperationRecord row) {
        boolean undo = row.phase() == Phase.UNDO;
        (undo ? row.undo() : row.forward()).forEach(actions::onHost);
        store.<Boolean>write(transaction -> {
            transaction.closeOperation(row.id(), undo ? Outcome.UNDONE : Outcome.DONE);
            return true;
        });
        LOG.atInfo().addKeyValue("operation", row.id()).log("{} {}", row.kind(), undo ? "undone" : "finished");
    }

    private void awaitHolder(Plan plan, VmId subject, long deadline, long pause, ProgressListener progress)
            throws InterruptedException {
        Optional<OperationRecord> holder = store.read(view -> view.openOperation(subject));
        if (holder.isEmpty()) {
            return; // gone between the two looks
        }
        if (recover(holder.get().instance())) {
            return;
        }
        String who = "'" + holder.get().kind() + "' (" + holder.get().id() + "), begun "
                + Math.max(
                        0,
                        Duration.between(holder.get().startedAt(), Instant.now())
                                .toSeconds()) + " s ago";
        if (System.nanoTime() - deadline >= 0) {
            throw new MinionsException(
                    ErrorCode.VM_BUSY,
                    KIND + plan.kind() + ": another engine is at it: " + who + "; waited "
                            + plan.limit().toSeconds() + " s");
        }
        progress.step("waiting for " + who);
        TimeUnit.MILLISECONDS.sleep(pause);
    }

    /** Ends what dead engines left of their work on images. Costs one read when there is nothing. */
    private void recoverAll() {
        store.read(view -> view.openOperations().stream()
                        .filter(row -> row.kind().startsWith(KIND))
                        .map(OperationRecord::instance)
                        .distinct()
                        .toList())
                .forEach(this::recover);
    }

    /** Ends what an engine left, if it is dead; says whether it was. */
    private boolean recover(String instance) {
        if (instance.equals(instances.current())) {
            return false;
        }
        Optional<Instances.Takeover> place = instances.takeOver(instance);
        if (place.isEmpty()) {
            return false;
        }
        try (Instances.Takeover held = place.get()) {
            LOG.debug("ending what engine {} left, holding {}", instance, held);
            store.read(view -> view.openOperations().stream()
                            .filter(row -> row.kind().startsWith(KIND)
                                    && row.instance().equals(instance))
                            .toList())
                    .forEach(this::settle);
        }
        return true;
    }

    /** The id under which a subject stands in the journal. */
    static VmId subject(String subject) {
        byte[] sum = DiskDigest.sha256().digest(("minions " + subject).getBytes(StandardCharsets.UTF_8));
        ByteBuffer bits = ByteBuffer.wrap(sum);
        long high = (bits.getLong() & ~0xF000L) | VERSION_7;
        long low = (bits.getLong() & ~(3L << 62)) | VARIANT;
        return new VmId(new UUID(high, low));
    }
}
