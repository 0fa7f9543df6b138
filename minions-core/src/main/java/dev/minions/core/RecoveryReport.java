package dev.minions.core;

import dev.minions.ImageRef;
import dev.minions.VmName;
import java.nio.file.Path;
import java.util.List;

/**
 * What {@link LocalMinions.Builder#recover} found in a data directory that its database did not know.
 *
 * @param vms the VMs that are known again, in the order in which they were created
 * @param images the images that are known again
 * @param left what was left as it is, as it holds data and nobody can say whose
 */
public record RecoveryReport(List<VmName> vms, List<ImageRef> images, List<Left> left) {
    /** Copies the lists. */
    public RecoveryReport {
        vms = List.copyOf(vms);
        images = List.copyOf(images);
        left = List.copyOf(left);
    }

    /**
     * A directory of a VM that was left as it is.
     *
     * @param directory where it is
     * @param reason why, and what to do
     */
    public record Left(Path directory, String reason) {}
}
