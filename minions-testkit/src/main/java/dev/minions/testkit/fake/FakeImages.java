package dev.minions.testkit.fake;

import dev.minions.HostReport;
import dev.minions.ImageBuild;
import dev.minions.Progress;
import dev.minions.ProgressListener;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.ImageSource;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Builds images of one name that {@link FakeHypervisor} boots, in no time. Passes {@code ImageSourceContract}. What goes
 * wrong, the {@link FakeHost} says; a package whose name begins with {@code no-such} does not exist.
 */
public final class FakeImages implements ImageSource {
    private final FakeHost host;
    private final String name;
    private final AtomicInteger builds = new AtomicInteger();

    private FakeImages(FakeHost host, String name) {
        this.host = host;
        this.name = name;
    }

    /** Builds images of that name, in the process of that host. */
    public static FakeImages on(FakeHost host, String name) {
        return new FakeImages(host, name);
    }

    /** How many builds were begun. */
    public int builds() {
        return builds.get();
    }

    @Override
    public Set<String> names() {
        return Set.of(name);
    }

    @Override
    public List<HostReport.Finding> probe() {
        return List.of(HostReport.Finding.ok("fake images", "always work"));
    }

    @Override
    public String fingerprint(ImageBuild build) {
        return build.image() + " " + new TreeSet<>(build.include()) + " "
                + build.size().bytes() + " agent " + ScriptedAgent.VERSION;
    }

    @Override
    public Parts build(ImageBuild build, Path workDirectory, Path cacheDirectory, ProgressListener progress) {
        builds.incrementAndGet();
        return host.process().call(FakeCall.IMAGE_BUILD, () -> {
            progress.onProgress(Progress.of("building image", 0));
            build.include().stream()
                    .filter(wanted -> wanted.startsWith("no-such"))
                    .findAny()
                    .ifPresent(missing -> {
                        throw new MinionsException(
                                ErrorCode.IMAGE_ERROR,
                                "build image '" + build.name() + "': there is no package '" + missing + "'");
                    });
            try {
                return parts(build, workDirectory);
            } catch (IOException e) {
                throw new MinionsException(ErrorCode.IO_ERROR, "build image '" + build.name() + "': " + e, e);
            }
        });
    }

    private Parts parts(ImageBuild build, Path directory) throws IOException {
        Path disk = directory.resolve("disk");
        try (var file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(build.size().bytes());
            file.writeBytes("fake disk of " + fingerprint(build));
        }
        return new Parts(
                disk,
                Optional.of(Files.writeString(directory.resolve("kernel"), "fake kernel")),
                Optional.of(Files.writeString(directory.resolve("initrd"), "fake initrd")),
                "root=/dev/vda rw",
                "fake 1",
                "x86_64",
                Optional.of(ScriptedAgent.VERSION),
                versions(build));
    }

    private static Map<String, String> versions(ImageBuild build) {
        return build.include().stream().collect(Collectors.toMap(included -> included, included -> "1.0"));
    }
}
