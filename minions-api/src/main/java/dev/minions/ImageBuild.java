package dev.minions;

import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What to build an image from. Immutable; the methods return a changed copy.
 *
 * @param image the name of what is known how to build: {@code debian}
 * @param name the name the result gets; the image's own name unless said otherwise
 * @param include packages beyond the base, by the distribution's names
 * @param size size of the disk; a VM's disk may be larger, never smaller
 */
public record ImageBuild(String image, String name, Set<String> include, ByteSize size) {
    /** The size of an image's disk unless told otherwise: 2 GiB, of which only what is written takes room. */
    public static final ByteSize DEFAULT_SIZE = ByteSize.gib(2);

    private static final Pattern PACKAGE = Pattern.compile("[a-z0-9][a-z0-9+.-]{1,127}");

    /** Checks names and packages. */
    public ImageBuild {
        Objects.requireNonNull(size, "size");
        requireName(image);
        requireName(name);
        include = Set.copyOf(include);
        for (String entry : include) {
            if (!PACKAGE.matcher(entry).matches()) {
                throw new IllegalArgumentException("'" + Texts.printable(entry) + "' is not the name of a package");
            }
        }
    }

    /** The image of that name with nothing added. */
    public static ImageBuild of(String image) {
        return new ImageBuild(image, image, Set.of(), DEFAULT_SIZE);
    }

    /** Adds packages. */
    public ImageBuild including(String... packages) {
        Set<String> all = new LinkedHashSet<>(include);
        all.addAll(Set.of(packages));
        return new ImageBuild(image, name, all, size);
    }

    /** Gives the result that name. */
    public ImageBuild named(String newName) {
        return new ImageBuild(image, newName, include, size);
    }

    /** Makes the disk that large. */
    public ImageBuild sized(ByteSize newSize) {
        return new ImageBuild(image, name, include, newSize);
    }

    private static void requireName(String name) {
        if (ImageRef.of(name).isDigest()) {
            throw new IllegalArgumentException("a build needs the name of an image, got the digest " + name);
        }
    }
}
