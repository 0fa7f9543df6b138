package dev.minions.testkit.fake;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.StateStore;
import dev.minions.spi.StateTransaction;
import dev.minions.spi.StateView;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A state store in memory that passes {@code StateStoreContract}. What it holds belongs to its {@link FakeHost}: every
 * store opened on one host shows the same, and it stays when all are closed.
 */
public final class InMemoryStateStore implements StateStore {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final FakeHost host;
    private final Shared shared;
    private final Clock clock;
    private final AtomicInteger reservesReleased = new AtomicInteger();
    private volatile boolean closed;

    /** What all stores of one host have in common. */
    static final class Shared {
        private final ReentrantLock writers = new ReentrantLock(true);
        private volatile StoreTables tables = new StoreTables();
    }

    private InMemoryStateStore(FakeHost host, Clock clock) {
        this.host = host;
        this.shared = host.world().store();
        this.clock = clock;
    }

    /** Opens the host's store, with the system's clock. */
    public static InMemoryStateStore on(FakeHost host) {
        return on(host, Clock.systemUTC());
    }

    /**
     * Opens the host's store.
     *
     * @param clock what says when an event was, and how long ago a number was given back
     */
    public static InMemoryStateStore on(FakeHost host, Clock clock) {
        return new InMemoryStateStore(host, clock);
    }

    @Override
    public <T extends @Nullable Object> T read(Function<? super StateView, T> body) {
        requireOpen();
        return host.process().call(FakeCall.STORE_READ, () -> {
            var view = new InMemoryView(shared.tables);
            try {
                return body.apply(view);
            } finally {
                view.end();
            }
        });
    }

    @Override
    public <T extends @Nullable Object> T write(Function<? super StateTransaction, T> body) {
        requireOpen();
        return host.process().call(FakeCall.STORE_WRITE, () -> {
            lock();
            try {
                var transaction = new InMemoryTransaction(shared.tables.copy(), clock);
                T result = body.apply(transaction);
                host.process().requireAlive();
                shared.tables = transaction.tables();
                transaction.end();
                return result;
            } finally {
                shared.writers.unlock();
            }
        });
    }

    private void lock() {
        if (shared.writers.isHeldByCurrentThread()) {
            throw new IllegalStateException("a transaction must not begin another");
        }
        try {
            if (!shared.writers.tryLock(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new MinionsException(
                        ErrorCode.STORE_ERROR, "change the store: another writer has had it for " + LONGEST_WAIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MinionsException(ErrorCode.CALL_INTERRUPTED, "change the store: interrupted", e);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the store is closed");
        }
    }

    @Override
    public void releaseReserve() {
        reservesReleased.incrementAndGet();
    }

    /** How often its reserve was released. */
    public int reservesReleased() {
        return reservesReleased.get();
    }

    @Override
    public void close() {
        closed = true;
    }
}
