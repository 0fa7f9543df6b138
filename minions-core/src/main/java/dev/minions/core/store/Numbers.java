package dev.minions.core.store;

import dev.minions.core.store.BootClock.Moment;
import java.time.Duration;
import java.util.Optional;

/**
 * Gives out the lowest free number of a range, and not one that was given back a moment ago: what still speaks to its
 * former holder, as connections and neighbours do, would reach the next.
 */
final class Numbers {
    /** How long a number is withheld after it was given back, while there are others. */
    static final Duration WITHHELD = Duration.ofMinutes(2);

    private static final String TAKEN_CIDS = "SELECT cid AS value FROM vms WHERE ? IS NOT NULL";
    private static final String TAKEN_ADDRESSES =
            "SELECT address AS value FROM vms WHERE network = ? AND address IS NOT NULL";
    private static final String LOWEST_FREE = """
            SELECT min(value) FROM (
              SELECT ? AS value UNION ALL SELECT value + 1 FROM taken WHERE value >= ? AND value < ?
            ) WHERE value NOT IN (SELECT value FROM taken)""";

    private final Sql sql;
    private final Moment now;

    /** What the numbers are of, and in what space they are unique. */
    enum Kind {
        CID(TAKEN_CIDS),
        ADDRESS(TAKEN_ADDRESSES);

        private final String taken;

        Kind(String taken) {
            this.taken = taken;
        }
    }

    Numbers(Sql sql, Moment now) {
        this.sql = sql;
        this.now = now;
    }

    /** A free number of the range, if there is one. */
    Optional<Long> lowestFree(Kind kind, String space, long first, long last) {
        String withheld = """
                WITH taken (value) AS (%s UNION SELECT value FROM withheld
                  WHERE kind = ? AND space = ? AND boot = ? AND at_millis > ?)
                """.formatted(kind.taken);
        Optional<Long> lowest = sql.first(
                        withheld + LOWEST_FREE,
                        Sql.Row::optionalNumber,
                        space,
                        kind.name(),
                        space,
                        now.boot(),
                        now.millis() - WITHHELD.toMillis(),
                        first,
                        first,
                        last)
                .flatMap(number -> number);
        return lowest.isPresent() ? lowest : longestWithheld(kind, space, first, last);
    }

    private Optional<Long> longestWithheld(Kind kind, String space, long first, long last) {
        return sql.first(
                "WITH taken (value) AS (" + kind.taken + ") SELECT value FROM withheld WHERE kind = ? AND space = ?"
                        + " AND value BETWEEN ? AND ? AND value NOT IN (SELECT value FROM taken) ORDER BY at_millis",
                Sql.Row::number,
                space,
                kind.name(),
                space,
                first,
                last);
    }

    /** Notes that a number was given back. */
    void withhold(Kind kind, String space, long value) {
        sql.update(
                "DELETE FROM withheld WHERE boot <> ? OR at_millis <= ?",
                now.boot(),
                now.millis() - WITHHELD.toMillis());
        sql.update(
                "INSERT OR REPLACE INTO withheld (kind, space, value, boot, at_millis) VALUES (?, ?, ?, ?, ?)",
                kind.name(),
                space,
                value,
                now.boot(),
                now.millis());
    }
}
