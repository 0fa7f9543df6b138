package dev.minions.spi;

import dev.minions.ByteSize;
import dev.minions.ImageRef;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the store keeps of an image. The files lie in {@code images/<digest>/}, with a manifest that says the same.
 *
 * @param digest {@code sha256:…}
 * @param names the names it bears
 * @param fingerprint the recipe it was built from; empty for an import
 * @param os what is in it
 * @param architecture for example {@code x86_64}
 * @param size of the disk
 * @param kernelArguments its kernel command line
 * @param hasKernel whether a kernel lies beside the disk
 * @param hasInitrd whether an initramfs lies beside the disk
 * @param agentVersion the agent's version, if one is in it
 * @param packages what was asked for beyond the base
 * @param createdAt when it was made here
 */
public record ImageRecord(
        ImageRef digest,
        Set<String> names,
        Optional<String> fingerprint,
        String os,
        String architecture,
        ByteSize size,
        String kernelArguments,
        boolean hasKernel,
        boolean hasInitrd,
        Optional<String> agentVersion,
        Map<String, String> packages,
        Instant createdAt) {

    /** Copies the collections. */
    public ImageRecord {
        names = Set.copyOf(names);
        packages = Map.copyOf(packages);
    }
}
