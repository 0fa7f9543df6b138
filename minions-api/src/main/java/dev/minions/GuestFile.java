package dev.minions;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/** A small file to be written into a guest before it counts as ready. Immutable and compared by value. */
public final class GuestFile {
    /** The largest content, in bytes; what is larger belongs on a disk. */
    public static final int MAX_SIZE = 512 * 1024;

    private static final int DEFAULT_MODE = 0644;
    private static final int MAX_MODE = 07777;

    private final String path;
    private final byte[] content;
    private final int mode;

    private GuestFile(String path, byte[] content, int mode) {
        this.path = requirePath(path);
        this.content = content.clone();
        this.mode = mode;
        if (content.length > MAX_SIZE) {
            throw new IllegalArgumentException(
                    "file '" + path + "' has " + content.length + " bytes; " + MAX_SIZE + " are the most");
        }
        if (mode < 0 || mode > MAX_MODE) {
            throw new IllegalArgumentException("mode of '" + path + "' must be 0 to 07777 octal, got " + mode);
        }
    }

    /**
     * A text file, in UTF-8, of mode 0644.
     *
     * @param path an absolute path without {@code ..}
     * @param text its content
     */
    public static GuestFile text(String path, String text) {
        return new GuestFile(path, text.getBytes(StandardCharsets.UTF_8), DEFAULT_MODE);
    }

    /**
     * A file of mode 0644.
     *
     * @param path an absolute path without {@code ..}
     * @param content its content, at most {@link #MAX_SIZE} bytes
     */
    public static GuestFile bytes(String path, byte[] content) {
        return new GuestFile(path, content, DEFAULT_MODE);
    }

    /** The same file with another mode, for example {@code 0600}. */
    public GuestFile mode(int newMode) {
        return new GuestFile(path, content, newMode);
    }

    private static String requirePath(String path) {
        Objects.requireNonNull(path, "path");
        boolean climbs = Arrays.asList(path.split("/", -1)).contains("..");
        if (!path.startsWith("/") || path.endsWith("/") || climbs || path.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "guest path '" + Texts.printable(path) + "' must be absolute, of a file, and without '..'");
        }
        return path;
    }

    /** Where it goes in the guest. */
    public String path() {
        return path;
    }

    /** A copy of its content. */
    public byte[] content() {
        return content.clone();
    }

    /** Its permission bits. */
    public int mode() {
        return mode;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GuestFile that
                && path.equals(that.path)
                && mode == that.mode
                && Arrays.equals(content, that.content);
    }

    @Override
    public int hashCode() {
        return Objects.hash(path, mode, Arrays.hashCode(content));
    }

    /** Path, mode and length; never the content, which may be a secret. */
    @Override
    public String toString() {
        return path + " (mode " + Integer.toOctalString(mode) + ", " + content.length + " bytes)";
    }
}
