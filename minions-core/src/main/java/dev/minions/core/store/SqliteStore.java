package dev.minions.core.store;

import dev.minions.spi.StateStore;
import dev.minions.spi.StateTransaction;
import dev.minions.spi.StateView;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The state store in the data directory's {@code state.db}. All stores that a JVM opens on one directory share their
 * connections, and the last to be closed closes them; other processes may have the same database open at any time.
 *
 * <p>Writers of this JVM take turns in the order they come. Both kinds of body run on the calling thread; of a virtual
 * thread only the wait for the disk is moved elsewhere.
 */
public final class SqliteStore implements StateStore {
    private final SharedDatabase database;
    private final AtomicBoolean closed = new AtomicBoolean();

    private final Clock clock;
    private final Supplier<BootClock.Moment> bootClock;

    private SqliteStore(SharedDatabase database, Clock clock, Supplier<BootClock.Moment> bootClock) {
        this.database = database;
        this.clock = clock;
        this.bootClock = bootClock;
    }

    /**
     * Opens the store of a data directory, and makes it if there is none.
     *
     * @param dataDirectory a directory on a local file system
     * @throws dev.minions.error.MinionsException {@code FOREIGN_DATABASE}, {@code NEWER_DATABASE} or
     *     {@code CORRUPT_DATABASE}, with the file left as it is; {@code MISSING_DATABASE} if there is no database and
     *     yet there are VMs; {@code STORE_ERROR} if a second copy of these classes in this JVM has it open
     */
    public static SqliteStore open(Path dataDirectory) {
        return open(dataDirectory, Clock.systemUTC(), new BootClock());
    }

    /**
     * Enters what was found in a data directory into its store. Where there is none, one is made that has it all from
     * its first moment, so that nobody gives the numbers of a VM that is found to another. What was left of a log
     * without its database is set aside under another name.
     *
     * @param content called once, within one transaction
     * @throws dev.minions.error.MinionsException as {@link #open}; then nothing has changed
     */
    public static void restore(Path dataDirectory, Consumer<? super StateTransaction> content) {
        SqliteLibrary.load(dataDirectory);
        DatabaseFile file = new DatabaseFile(dataDirectory);
        BootClock.Moment now = new BootClock().get();
        boolean made = file.restore(sql -> content.accept(new StoreTransaction(sql, Clock.systemUTC(), now)));
        if (!made) {
            try (SqliteStore store = open(dataDirectory)) {
                store.<Boolean>write(transaction -> {
                    content.accept(transaction);
                    return true;
                });
            }
        }
    }

    /**
     * The same with other clocks.
     *
     * @param clock the time that people see
     * @param bootClock the time that releases are counted by
     */
    static SqliteStore open(Path dataDirectory, Clock clock, Supplier<BootClock.Moment> bootClock) {
        return new SqliteStore(SharedDatabase.open(dataDirectory), clock, bootClock);
    }

    @Override
    public <T extends @Nullable Object> T read(Function<? super StateView, T> body) {
        requireOpen();
        return database.readers().read(reader -> {
            StoreView view = new ReadingView(reader);
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
        BootClock.Moment now = bootClock.get(); // before the transaction: in it nobody reads files
        return database.writer().write(sql -> {
            StoreTransaction transaction = new StoreTransaction(sql, clock, now);
            try {
                return body.apply(transaction);
            } finally {
                transaction.end();
            }
        });
    }

    @Override
    public void releaseReserve() {
        requireOpen();
        database.reserve().release();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            database.release();
        }
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException("the store is closed");
        }
    }
}
