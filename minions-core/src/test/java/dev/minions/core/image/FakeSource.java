package dev.minions.core.image;

import dev.minions.HostReport.Finding;
import dev.minions.ImageBuild;
import dev.minions.ProgressListener;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.ImageSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Builds images of a few bytes. What is included is what is in them. */
final class FakeSource implements ImageSource {
    private final AtomicInteger builds = new AtomicInteger();
    private volatile Consumer<Path> whileBuilding = work -> {};
    private volatile String recipe = "1";

    /** Runs when the parts are there and the build has not returned. */
    FakeSource whileBuilding(Consumer<Path> action) {
        whileBuilding = action;
        return this;
    }

    /** Another recipe from now on. */
    void recipe(String text) {
        recipe = text;
    }

    /** How many builds there were. */
    int builds() {
        return builds.get();
    }

    @Override
    public Set<String> names() {
        return Set.of("debian");
    }

    @Override
    public List<Finding> probe() {
        return List.of(Finding.ok("image building", "always"));
    }

    @Override
    public String fingerprint(ImageBuild build) {
        return "fake " + recipe + ' ' + new TreeSet<>(build.include()) + ' ' + build.size();
    }

    @Override
    public Parts build(ImageBuild build, Path work, Path cache, ProgressListener progress) {
        builds.incrementAndGet();
        progress.step("building");
        try {
            if (build.include().stream().anyMatch(name -> name.startsWith("no-such"))) {
                throw new MinionsException(ErrorCode.IMAGE_ERROR, "build image 'debian': no such package");
            }
            byte[] content = Arrays.copyOf(fingerprint(build).getBytes(StandardCharsets.UTF_8), (int)
                    Math.min(1 << 20, build.size().bytes()));
            Path disk = Files.write(work.resolve("disk.raw"), content);
            Path kernel = Files.writeString(work.resolve("vmlinux"), "kernel");
            Files.writeString(work.resolve("left over"), "by the build");
            whileBuilding.accept(work);
            return new Parts(
                    disk,
                    Optional.of(kernel),
                    Optional.empty(),
                    "quiet",
                    "debian 12",
                    "x86_64",
                    Optional.of("1.0"),
                    build.include().stream().collect(Collectors.toMap(name -> name, name -> "1")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
