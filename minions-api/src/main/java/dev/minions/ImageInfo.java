package dev.minions;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An image on this host. Immutable; made by Minions, components may be added.
 *
 * @param digest {@code sha256:} and 64 digits, of the content
 * @param names the names it bears now, if any
 * @param os what is in it, for example {@code debian 12}
 * @param architecture for example {@code x86_64}
 * @param size of the disk, as a guest sees it
 * @param stored what it takes on this host
 * @param createdAt when it was made here
 * @param kernelArguments its kernel command line
 * @param agentVersion the agent's version; empty where Minions did not put one in
 * @param packages names and versions of what was asked for beyond the base
 * @param disk the disk file
 * @param kernel the kernel file; empty for an image that brings its own way of booting
 * @param initrd the initramfs file
 * @param usedBy the VMs that stand on it
 */
public record ImageInfo(
        ImageRef digest,
        Set<String> names,
        String os,
        String architecture,
        ByteSize size,
        ByteSize stored,
        Instant createdAt,
        String kernelArguments,
        Optional<String> agentVersion,
        Map<String, String> packages,
        Path disk,
        Optional<Path> kernel,
        Optional<Path> initrd,
        Set<VmName> usedBy) {

    /** Copies the collections. */
    public ImageInfo {
        names = Set.copyOf(names);
        packages = Map.copyOf(packages);
        usedBy = Set.copyOf(usedBy);
    }
}
