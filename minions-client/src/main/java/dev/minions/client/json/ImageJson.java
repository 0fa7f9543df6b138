package dev.minions.client.json;

import dev.minions.ImageInfo;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An image.
 *
 * @param digest {@code sha256:} and 64 digits, of the content
 * @param names the names it bears now, in order
 * @param os what is in it, for example {@code debian 12}
 * @param architecture for example {@code x86_64}
 * @param size bytes of the disk, as a guest sees it
 * @param stored bytes it takes on this host
 * @param createdAt when it was made here
 * @param kernelArguments its kernel command line
 * @param agentVersion the agent's version; null where Minions did not put one in
 * @param packages names and versions of what was asked for beyond the base
 * @param disk path of the disk
 * @param kernel path of the kernel
 * @param initrd path of the initramfs
 * @param usedBy names of the VMs that stand on it, in order
 */
public record ImageJson(
        String digest,
        List<String> names,
        String os,
        String architecture,
        long size,
        long stored,
        Instant createdAt,
        String kernelArguments,
        @Nullable String agentVersion,
        Map<String, String> packages,
        String disk,
        @Nullable String kernel,
        @Nullable String initrd,
        List<String> usedBy)
        implements JsonShape {

    /** Copies the collections; the map is in the order of its keys. */
    public ImageJson {
        names = List.copyOf(names);
        packages = Collections.unmodifiableMap(new TreeMap<>(packages));
        usedBy = List.copyOf(usedBy);
    }

    /** The shape of an image. */
    public static ImageJson of(ImageInfo image) {
        return new ImageJson(
                image.digest().value(),
                image.names().stream().sorted().toList(),
                image.os(),
                image.architecture(),
                image.size().bytes(),
                image.stored().bytes(),
                image.createdAt(),
                image.kernelArguments(),
                image.agentVersion().orElse(null),
                image.packages(),
                image.disk().toString(),
                Fields.text(image.kernel()),
                Fields.text(image.initrd()),
                image.usedBy().stream().sorted().map(Object::toString).toList());
    }

    @Override
    public Map<String, @Nullable Object> fields() {
        return new Fields()
                .add("digest", digest)
                .add("names", names)
                .add("os", os)
                .add("architecture", architecture)
                .add("size", size)
                .add("stored", stored)
                .add("createdAt", Fields.time(createdAt))
                .add("kernelArguments", kernelArguments)
                .add("agentVersion", agentVersion)
                .add("packages", packages)
                .add("disk", disk)
                .add("kernel", kernel)
                .add("initrd", initrd)
                .add("usedBy", usedBy)
                .map();
    }
}
