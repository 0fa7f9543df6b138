package dev.minions.core.instance;

import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The identity of one engine from open to close: a random UUID, as its lock file and its row bear it. Never given
 * again, so a lock file of that name is that engine's for ever.
 *
 * @param value the UUID in its usual form, in lower case
 */
public record InstanceId(String value) {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /** Checks the form, as the value becomes part of a path. */
    public InstanceId {
        Objects.requireNonNull(value, "value");
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "instance id must be a UUID in lower case, got " + value.length() + " characters that are none");
        }
    }

    /** A new id. */
    public static InstanceId random() {
        return new InstanceId(UUID.randomUUID().toString());
    }

    @Override
    public String toString() {
        return value;
    }
}
