package dev.minions;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A disk of one's own to make an image from. Immutable; the methods return a changed copy.
 *
 * @param name the name the image gets
 * @param disk a raw or qcow2 file; one that refers to other files is refused
 * @param kernel its kernel
 * @param initrd its initramfs; only with a kernel
 * @param kernelArguments its kernel command line
 */
public record ImageImport(
        String name, Path disk, Optional<Path> kernel, Optional<Path> initrd, Optional<String> kernelArguments) {

    /** Checks the name, and that an initramfs comes with a kernel. */
    public ImageImport {
        Objects.requireNonNull(disk, "disk");
        if (ImageRef.of(name).isDigest()) {
            throw new IllegalArgumentException("an import needs a name for the image, got the digest " + name);
        }
        if (initrd.isPresent() && kernel.isEmpty()) {
            throw new IllegalArgumentException("an initramfs needs a kernel; pass both");
        }
    }

    /** A disk under a name. */
    public static ImageImport of(String name, Path disk) {
        return new ImageImport(name, disk, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Boots with that kernel. */
    public ImageImport kernel(Path file) {
        return new ImageImport(name, disk, Optional.of(file), initrd, kernelArguments);
    }

    /** Boots with that initramfs. */
    public ImageImport initrd(Path file) {
        return new ImageImport(name, disk, kernel, Optional.of(file), kernelArguments);
    }

    /** Boots with that command line. */
    public ImageImport kernelArguments(String arguments) {
        return new ImageImport(name, disk, kernel, initrd, Optional.of(arguments));
    }
}
