package dev.minions.core.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The connections that read. Most programs never read twice at the same moment: they use the first connection, and the
 * pool, which takes longer to make than a short command to run, is made when a second reader comes.
 */
final class Readers {
    private static final int MOST = 4;
    private static final long IDLE_MILLIS = 60_000;

    private final DatabaseFile file;
    private final Reader first;
    private final ReentrantLock firstInUse = new ReentrantLock();

    /** Guarded by this. */
    private @Nullable HikariDataSource pool;

    private boolean closed;

    /**
     * A connection that reads.
     *
     * @param sql the connection
     * @param listed what it remembers
     */
    record Reader(Sql sql, ListedVms listed) {
        Reader(Sql sql) {
            this(sql, new ListedVms());
        }
    }

    Readers(DatabaseFile file, Sql first) {
        this.file = file;
        this.first = new Reader(first);
    }

    /** Runs the body on the calling thread, in a transaction that sees one moment. */
    <T extends @Nullable Object> T read(Function<Reader, T> body) {
        if (firstInUse.isHeldByCurrentThread() || !firstInUse.tryLock()) {
            return readFromPool(body);
        }
        try {
            requireOpen();
            return inTransaction(first, body);
        } finally {
            firstInUse.unlock();
        }
    }

    private <T extends @Nullable Object> T readFromPool(Function<Reader, T> body) {
        try (Connection connection = pool().getConnection()) {
            return inTransaction(new Reader(new Sql(file.path(), connection)), body);
        } catch (SQLException e) {
            throw StoreFailures.of("read", file.path(), e);
        }
    }

    private static <T extends @Nullable Object> T inTransaction(Reader reader, Function<Reader, T> body) {
        reader.sql().execute("BEGIN");
        try {
            return body.apply(reader);
        } finally {
            reader.sql().rollback(); // nothing was changed, and this ends it as well as a commit
        }
    }

    private synchronized HikariDataSource pool() {
        requireOpen();
        if (pool == null) {
            HikariConfig configuration = new HikariConfig();
            configuration.setPoolName("minions-readers");
            configuration.setDataSource(file.readingDataSource());
            configuration.setMaximumPoolSize(MOST);
            configuration.setMinimumIdle(0);
            configuration.setIdleTimeout(IDLE_MILLIS);
            configuration.setInitializationFailTimeout(-1);
            pool = new HikariDataSource(configuration);
        }
        return pool;
    }

    private synchronized void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the store is closed");
        }
    }

    /**
     * Closes all connections, the first one last. As it cannot write, SQLite then leaves the log where it is; taking it
     * away, and making it again, would need room on a disk that may be full by then.
     */
    void close() {
        synchronized (this) {
            closed = true;
            if (pool != null) {
                pool.close();
            }
        }
        firstInUse.lock();
        try {
            first.sql().close();
        } finally {
            firstInUse.unlock();
        }
    }
}
