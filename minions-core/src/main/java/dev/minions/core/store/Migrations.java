package dev.minions.core.store;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.util.stream.Collectors;

/** Brings a database to this program's version, one numbered step after the other, all in one transaction. */
final class Migrations {
    private Migrations() {}

    static boolean areNeeded(Sql sql) {
        return sql.number("PRAGMA user_version") < Schema.migrations().size();
    }

    /** In a transaction that writes. */
    static void run(Sql sql) {
        long version = sql.number("PRAGMA user_version"); // another process may have been faster
        Schema.migrations().stream().filter(m -> m.number() > version).forEach(m -> apply(sql, m));
        sql.execute("PRAGMA user_version = " + Schema.migrations().size());
    }

    private static void apply(Sql sql, Schema.Migration migration) {
        migration.statements().forEach(sql::execute);
        sql.update(
                "INSERT INTO migrations (number, name, fingerprint) VALUES (?, ?, ?)",
                migration.number(),
                migration.name(),
                migration.fingerprint());
    }

    /** Makes sure that the steps the database has taken are the ones this program knows. */
    static void verify(Sql sql) {
        String applied = String.join(
                ", ", sql.list("SELECT number || ':' || fingerprint FROM migrations ORDER BY number", Sql.Row::text));
        String known = Schema.migrations().stream()
                .map(migration -> migration.number() + ":" + migration.fingerprint())
                .collect(Collectors.joining(", "));
        if (!applied.equals(known)) {
            throw new MinionsException(
                    ErrorCode.FOREIGN_DATABASE,
                    "open '" + sql.file() + "': its tables were made by another edition of minions (migrations "
                            + applied + "; known " + known + "); use the one that made it");
        }
    }
}
