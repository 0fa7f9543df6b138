package dev.minions.cli;

import dev.minions.ByteSize;
import dev.minions.ImageBuild;
import dev.minions.ImageImport;
import dev.minions.ImageInfo;
import dev.minions.ImageRef;
import dev.minions.Images;
import dev.minions.ProgressListener;
import dev.minions.VmName;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The images of {@link FakeMinions}: {@code debian}, on which the VM {@code web} stands, and what is made. */
final class FakeImages implements Images {
    private final Map<String, ImageInfo> byName = new TreeMap<>();

    FakeImages() {
        byName.put("debian", image("debian", "debian 12", Map.of(), ImageBuild.DEFAULT_SIZE, Set.of(VmName.of("web"))));
    }

    private static ImageInfo image(
            String name, String os, Map<String, String> packages, ByteSize size, Set<VmName> usedBy) {
        return new ImageInfo(
                ImageRef.of(FakeMinions.DIGEST),
                Set.of(name),
                os,
                "x86_64",
                size,
                ByteSize.mib(690),
                FakeMinions.NOW,
                "root=/dev/vda console=ttyS0",
                Optional.of("0.1.0"),
                packages,
                Path.of("/data/images/0123/disk"),
                Optional.of(Path.of("/data/images/0123/kernel")),
                Optional.empty(),
                usedBy);
    }

    @Override
    public List<ImageInfo> list() {
        return List.copyOf(byName.values());
    }

    @Override
    public ImageInfo get(ImageRef image) {
        ImageInfo found = byName.get(image.value());
        if (found == null) {
            throw new MinionsException(
                    ErrorCode.IMAGE_NOT_FOUND,
                    "image '" + image + "' is not here and cannot be built; there is debian");
        }
        return found;
    }

    @Override
    public ImageInfo build(ImageBuild build, ProgressListener progress) {
        if (!build.image().equals("debian")) {
            throw new MinionsException(
                    ErrorCode.IMAGE_NOT_FOUND, "image '" + build.image() + "' cannot be built; debian can");
        }
        progress.step("fetching packages");
        Map<String, String> packages = build.include().stream().collect(Collectors.toMap(name -> name, name -> "1.0"));
        byName.put(build.name(), image(build.name(), "debian 12", packages, build.size(), Set.of()));
        return get(ImageRef.of(build.name()));
    }

    @Override
    public ImageInfo importDisk(ImageImport source, ProgressListener progress) {
        byName.put(source.name(), image(source.name(), "unknown", Map.of(), ByteSize.gib(1), Set.of()));
        return get(ImageRef.of(source.name()));
    }

    @Override
    public void remove(ImageRef image) {
        ImageInfo found = get(image);
        if (!found.usedBy().isEmpty()) {
            throw new MinionsException(
                    ErrorCode.IMAGE_IN_USE, "image '" + image + "': vm 'web' stands on it; destroy it first");
        }
        byName.remove(image.value());
    }
}
