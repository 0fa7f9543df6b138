package dev.minions;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What names an image: a name such as {@code debian}, or {@code sha256:} and the 64 hexadecimal digits of its digest.
 *
 * @param value the text
 */
public record ImageRef(String value) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,126}[a-z0-9])?");
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

    /** Checks the form. */
    public ImageRef {
        Objects.requireNonNull(value, "value");
        if (!DIGEST.matcher(value).matches() && (!NAME.matcher(value).matches() || value.contains(".."))) {
            throw new IllegalArgumentException("image '" + Texts.printable(value)
                    + "' must be a name of lower-case letters, digits, '.', '_' and '-', or sha256: and 64 digits");
        }
    }

    /**
     * The reference with that text.
     *
     * @throws IllegalArgumentException if it is neither a name nor a digest
     */
    public static ImageRef of(String text) {
        return new ImageRef(text);
    }

    /** Whether it names one content for ever, rather than whatever bears the name now. */
    public boolean isDigest() {
        return value.startsWith("sha256:");
    }

    @Override
    public String toString() {
        return value;
    }
}
