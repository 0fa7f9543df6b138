package dev.minions;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What a snapshot is called: 1 to 63 letters, digits, dots, hyphens and underscores, beginning with a letter or a digit.
 * Unique among the snapshots of its VM. Nothing on the host is called after it.
 *
 * @param value the name
 */
public record SnapshotName(String value) implements Comparable<SnapshotName> {
    /** The longest name, in characters. */
    public static final int MAX_LENGTH = 63;

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH-mm-ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** Checks the form. */
    public SnapshotName {
        Objects.requireNonNull(value, "value");
        Labels.require(
                "snapshot name",
                value,
                FORM,
                MAX_LENGTH,
                "letters, digits, dots, hyphens and underscores, beginning with a letter or digit");
    }

    /**
     * The name with that text.
     *
     * @throws IllegalArgumentException if the text has another form
     */
    public static SnapshotName of(String text) {
        return new SnapshotName(text);
    }

    /** The name of a snapshot that was given none: that time in UTC, for example {@code 2026-11-21T17-05-33Z}. */
    public static SnapshotName of(Instant time) {
        return new SnapshotName(TIME.format(time));
    }

    @Override
    public int compareTo(SnapshotName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
