package dev.minions.core.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection and its prepared statements, used by one thread at a time. Failures come as Minions' own. */
final class Sql implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sql.class);

    private final Path file;
    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();

    /** Makes a value of the row that the cursor stands on. */
    @FunctionalInterface
    interface RowReader<T> {
        T read(Row row) throws SQLException;
    }

    Sql(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    Path file() {
        return file;
    }

    /** Runs statements that return nothing. */
    void execute(String sql) {
        try {
            executeRaw(sql);
        } catch (SQLException e) {
            throw StoreFailures.of("change", file, e);
        }
    }

    void executeRaw(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Ends a transaction that failed. Some failures have ended it already; then there is nothing to do. */
    void rollback() {
        try {
            executeRaw("ROLLBACK");
        } catch (SQLException e) {
            LOG.debug("nothing to roll back in {}: {}", file, e.getMessage());
        }
    }

    /** Changes rows and returns how many. */
    int update(String sql, @Nullable Object... parameters) {
        try {
            return bind(sql, parameters).executeUpdate();
        } catch (SQLException e) {
            throw StoreFailures.of("change", file, e);
        }
    }

    /** Inserts a row and returns its number. */
    long insert(String sql, @Nullable Object... parameters) {
        update(sql, parameters);
        return number("SELECT last_insert_rowid()");
    }

    <T> List<T> list(String sql, RowReader<T> reader, @Nullable Object... parameters) {
        try (ResultSet rows = bind(sql, parameters).executeQuery()) {
            List<T> list = new ArrayList<>();
            while (rows.next()) {
                list.add(reader.read(new Row(rows)));
            }
            return list;
        } catch (SQLException e) {
            throw StoreFailures.of("read", file, e);
        }
    }

    <T> Optional<T> first(String sql, RowReader<T> reader, @Nullable Object... parameters) {
        return list(sql, reader, parameters).stream().findFirst();
    }

    boolean exists(String sql, @Nullable Object... parameters) {
        return first(sql, row -> true, parameters).isPresent();
    }

    /** The one number that a query returns. */
    long number(String sql, @Nullable Object... parameters) {
        return first(sql, Row::number, parameters).orElseThrow(() -> new IllegalStateException("no row for: " + sql));
    }

    private PreparedStatement bind(String sql, @Nullable Object... parameters) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        return statement;
    }

    @Override
    public void close() {
        try {
            connection.close(); // and with it all of its statements
        } catch (SQLException e) {
            throw StoreFailures.of("close", file, e);
        }
    }

    /** The columns of a row, read in their order. */
    static final class Row {
        private final ResultSet columns;
        private int next = 1;

        Row(ResultSet columns) {
            this.columns = columns;
        }

        String text() throws SQLException {
            return columns.getString(next++);
        }

        Optional<String> optionalText() throws SQLException {
            return Optional.ofNullable(columns.getString(next++));
        }

        long number() throws SQLException {
            return columns.getLong(next++);
        }

        Optional<Long> optionalNumber() throws SQLException {
            long number = columns.getLong(next++);
            return columns.wasNull() ? Optional.empty() : Optional.of(number);
        }

        boolean flag() throws SQLException {
            return number() != 0;
        }
    }
}
