package dev.minions.spi;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The name a backend has in configuration files, in the journal and in {@code --json}: a short word such as
 * {@code qemu} or {@code lvm}.
 *
 * @param value 1 to 32 lower-case letters, digits and hyphens
 */
public record BackendId(String value) implements Comparable<BackendId> {
    private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9-]{0,31}");

    /** Checks the form. */
    public BackendId {
        Objects.requireNonNull(value, "value");
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("backend id must match " + FORM + ", got '" + value + "'");
        }
    }

    /**
     * The id with that text.
     *
     * @throws IllegalArgumentException if it has another form
     */
    public static BackendId of(String text) {
        return new BackendId(text);
    }

    @Override
    public int compareTo(BackendId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
