package dev.minions.core.image;

import dev.minions.HostReport.Finding;
import dev.minions.ImageBuild;
import dev.minions.ProgressListener;
import dev.minions.spi.ImageSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

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
            Path disk = Files.writeString(work.resolve("disk.raw"), fingerprint(build));
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
                    Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
