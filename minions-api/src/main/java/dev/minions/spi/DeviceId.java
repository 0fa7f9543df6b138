package dev.minions.spi;

import java.util.regex.Pattern;

/**
 * The name of a device that is added to a running machine, unique in it and chosen by the engine.
 *
 * @param value 1 to 20 lower-case letters, digits and hyphens, a letter first; {@code disk} and {@code net} with a number
 *     are those the machine was started with, in order
 */
public record DeviceId(String value) {
    private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9-]{0,19}");

    /** Checks the form. */
    public DeviceId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("a device id must match " + FORM + ", got '" + value + "'");
        }
    }

    /** The id with that text. */
    public static DeviceId of(String text) {
        return new DeviceId(text);
    }

    @Override
    public String toString() {
        return value;
    }
}
