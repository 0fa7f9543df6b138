package dev.minions;

import java.util.Objects;
import java.util.UUID;

/**
 * The identity of a VM from create to destroy: a UUID of version 7 (RFC 9562). It never changes and is never given
 * again, whatever happens to the name.
 *
 * @param value the UUID
 */
public record VmId(UUID value) {
    private static final int SHORT_LENGTH = 12;

    /** Checks that it is a UUID of version 7. */
    public VmId {
        Objects.requireNonNull(value, "value");
        if (value.version() != 7) {
            throw new IllegalArgumentException("vm id must be a UUID of version 7, got " + value);
        }
    }

    /**
     * Reads the usual form, {@code 019a1b2c-…}.
     *
     * @throws IllegalArgumentException if it is not a UUID of version 7
     */
    public static VmId of(String text) {
        Uuids.requireForm("vm id", text);
        return new VmId(UUID.fromString(text));
    }

    /** A new id, from the system's clock and its secure source of randomness. */
    public static VmId random() {
        return new VmId(Uuids.next());
    }

    /**
     * The last 12 hexadecimal digits. These are what people see and type: the head of an id made in the same hour is
     * alike for all VMs, the tail is random.
     */
    public String shortForm() {
        String text = value.toString();
        return text.substring(text.length() - SHORT_LENGTH);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
