package dev.minions;

import java.util.Objects;
import java.util.UUID;

/**
 * The identity of one change, as the journal, the log, the events and the errors name it: a UUID of version 7.
 *
 * @param value the UUID
 */
public record OperationId(UUID value) {
    /** Checks that it is a UUID of version 7. */
    public OperationId {
        Objects.requireNonNull(value, "value");
        if (value.version() != 7) {
            throw new IllegalArgumentException("operation id must be a UUID of version 7, got " + value);
        }
    }

    /**
     * Reads the usual form.
     *
     * @throws IllegalArgumentException if it is not a UUID of version 7
     */
    public static OperationId of(String text) {
        Uuids.requireForm("operation id", text);
        return new OperationId(UUID.fromString(text));
    }

    /** A new id. */
    public static OperationId random() {
        return new OperationId(Uuids.next());
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
