package dev.minions;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A VM's name: a DNS label (RFC 1123) of 1 to 63 lower-case letters, digits and hyphens that neither begins nor ends
 * with a hyphen. It is unique in its project and may change; nothing on the host is called after it. A name cannot be
 * mistaken for an id: what reads as the {@linkplain VmId#shortForm tail} of one is refused.
 *
 * @param value the name
 */
public record VmName(String value) implements Comparable<VmName> {
    /** The longest name, in characters. */
    public static final int MAX_LENGTH = 63;

    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?");
    private static final Pattern ID_LIKE = Pattern.compile("[0-9a-f]{12}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /** Checks the form. */
    public VmName {
        Objects.requireNonNull(value, "value");
        Labels.require("vm name", value, LABEL, MAX_LENGTH);
        if (ID_LIKE.matcher(value).matches()) {
            throw new IllegalArgumentException("vm name '" + value + "' reads as an id; choose one with another form");
        }
    }

    /**
     * The name with that text.
     *
     * @throws IllegalArgumentException if the text is no DNS label or could be an id
     */
    public static VmName of(String text) {
        return new VmName(text);
    }

    @Override
    public int compareTo(VmName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
