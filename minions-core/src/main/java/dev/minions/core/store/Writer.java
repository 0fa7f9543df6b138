package dev.minions.core.store;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The one connection of this JVM that changes the database. Its callers queue in the order they come; with other
 * processes it competes for SQLite's write lock, which a transaction takes when it begins, since one that took it later
 * would fail if somebody had written in between.
 */
final class Writer {
    /** How long to wait for the others, those of this JVM and those of other processes. */
    static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final long SHORTEST_PAUSE_NANOS = 200_000;
    private static final long LONGEST_PAUSE_NANOS = 2_000_000;

    private final DatabaseFile file;
    private final Reserve reserve;
    private final BlockingCalls blocking = new BlockingCalls("minions-store-commit");
    private final Semaphore turn = new Semaphore(1, true);
    private volatile @Nullable Thread holder;

    /** Guarded by {@link #turn}, as {@link #closed} is. */
    private @Nullable Sql connection;

    private boolean closed;

    Writer(DatabaseFile file, Reserve reserve) {
        this.file = file;
        this.reserve = reserve;
    }

    /** Runs the body in a transaction of its own, on the calling thread, and commits unless it throws. */
    <T extends @Nullable Object> T write(Function<Sql, T> body) {
        if (Thread.currentThread().equals(holder)) {
            throw new IllegalStateException("a transaction must not begin another one");
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        takeTurn(deadline);
        holder = Thread.currentThread();
        try {
            Sql sql = connection();
            begin(sql, deadline);
            return inTransaction(sql, body);
        } finally {
            holder = null;
            turn.release();
        }
    }

    private <T extends @Nullable Object> T inTransaction(Sql sql, Function<Sql, T> body) {
        boolean committed = false;
        try {
            requireVersion(sql);
            T result = body.apply(sql);
            // The one statement that waits for the disk. On a virtual thread it would hold up all the others.
            blocking.run(() -> sql.execute("COMMIT"));
            committed = true;
            return result;
        } finally {
            if (!committed) {
                sql.rollback();
            }
        }
    }

    /** A newer program may have migrated the database while this one had it open. */
    private void requireVersion(Sql sql) {
        long version = sql.number("PRAGMA user_version");
        if (version > Schema.migrations().size()) {
            throw new MinionsException(
                    ErrorCode.NEWER_DATABASE,
                    "change '" + file.path() + "': a newer program has brought it to version " + version
                            + " meanwhile; use that one");
        }
    }

    private void takeTurn(long deadline) {
        try {
            if (!turn.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw busy("this process");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void begin(Sql sql, long deadline) {
        while (!tryBegin(sql)) {
            if (System.nanoTime() > deadline) {
                throw busy("another process");
            }
            // SQLite cannot wake us. Pauses that grew would let those who come late overtake those who wait long.
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(SHORTEST_PAUSE_NANOS, LONGEST_PAUSE_NANOS));
            if (Thread.currentThread().isInterrupted()) {
                throw interrupted(null);
            }
        }
    }

    private boolean tryBegin(Sql sql) {
        try {
            sql.executeRaw("BEGIN IMMEDIATE");
            return true;
        } catch (SQLException e) {
            if (StoreFailures.isBusy(e)) {
                return false;
            }
            throw StoreFailures.of("change", file.path(), e);
        }
    }

    private Sql connection() {
        if (closed) {
            throw new IllegalStateException("the store is closed");
        }
        if (connection == null) {
            connection = open();
        }
        return connection;
    }

    private Sql open() {
        Sql sql = file.open(DatabaseFile.Mode.WRITE);
        try {
            sql.execute("PRAGMA journal_size_limit = 4194304");
            requireSound(sql);
            reserve.restore();
            return sql;
        } catch (RuntimeException e) {
            sql.close();
            throw e;
        }
    }

    /** Writing to a database whose trees are broken makes it worse. */
    private void requireSound(Sql sql) {
        String verdict = sql.first("PRAGMA quick_check(1)", Sql.Row::text).orElse("no answer");
        if (!verdict.equals("ok")) {
            throw StoreFailures.corrupt("change", file.path(), verdict, null);
        }
    }

    private MinionsException busy(String who) {
        return new MinionsException(
                ErrorCode.STORE_ERROR,
                "change '" + file.path() + "': " + who + " has been changing it for " + PATIENCE.toSeconds()
                        + " s; look for a stopped minions process");
    }

    private MinionsException interrupted(@Nullable InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new MinionsException(
                ErrorCode.CALL_INTERRUPTED, "change '" + file.path() + "': interrupted while waiting", cause);
    }

    /** Waits for the transaction under way. */
    void close() {
        turn.acquireUninterruptibly();
        try {
            closed = true;
            if (connection != null) {
                connection.close();
                connection = null;
            }
            blocking.close();
        } finally {
            turn.release();
        }
    }
}
