package dev.minions.core.image;

import dev.minions.HostReport.Finding;
import dev.minions.ImageBuild;
import dev.minions.ProgressListener;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.ImageSource;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Builds Debian 12 with the agent in it: mmdebstrap makes the root file system, {@code mke2fs -d} makes a disk of it, and
 * kernel and initramfs lie beside it. No loop device, no mount on the host, no container; root, or a user with a range
 * of subordinate ids. Immutable; any thread.
 */
public final class DebianImageSource implements ImageSource {
    private static final String NAME = "debian";
    private static final Set<String> MIRROR_SCHEMES = Set.of("http", "https", "file");

    private final @Nullable Path agentRuntime;
    private final Optional<URI> mirror;

    /**
     * A source that fetches from the archive which the host's tools use by default.
     *
     * @param agentRuntime the archive with the agent's runtime; without one nothing can be built
     */
    public DebianImageSource(@Nullable Path agentRuntime) {
        this(agentRuntime, Optional.empty());
    }

    private DebianImageSource(@Nullable Path agentRuntime, Optional<URI> mirror) {
        this.agentRuntime = agentRuntime;
        this.mirror = mirror;
    }

    /**
     * The same source, fetching from another mirror, and from that one only.
     *
     * @throws IllegalArgumentException if it is no http, https or file address
     */
    public DebianImageSource mirror(URI address) {
        String text = address.toString();
        if (!MIRROR_SCHEMES.contains(String.valueOf(address.getScheme()))
                || address.isOpaque()
                || text.chars().anyMatch(c -> c <= ' ' || c == '[' || c == ']')) {
            throw new IllegalArgumentException("a mirror must be an http, https or file address, got '" + text + "'");
        }
        return new DebianImageSource(agentRuntime, Optional.of(address));
    }

    @Override
    public Set<String> names() {
        return Set.of(NAME);
    }

    @Override
    public List<Finding> probe() {
        return BuildHost.probe(agentRuntime);
    }

    @Override
    public String fingerprint(ImageBuild build) {
        List<String> inputs = new ArrayList<>();
        inputs.add("mirror " + mirror.map(URI::toString).orElse("default"));
        inputs.add("size " + build.size().bytes());
        inputs.add("agent " + agentDigest());
        inputs.addAll(new TreeSet<>(build.include()));
        return DebianRecipe.fingerprint(inputs);
    }

    private String agentDigest() {
        Path archive = agentRuntime;
        if (archive == null) {
            return "none";
        }
        try {
            return FileDigest.of(archive);
        } catch (IOException e) {
            throw Failures.io("read the agent's runtime '" + archive + "'", e);
        }
    }

    @Override
    public Parts build(ImageBuild build, Path workDirectory, Path cacheDirectory, ProgressListener progress) {
        Path archive = agentRuntime;
        if (archive == null) {
            throw new MinionsException(
                    ErrorCode.NOT_SUPPORTED,
                    "build image '" + build.image()
                            + "': there is no runtime of the agent to put in it; name one with MINIONS_AGENT_RUNTIME");
        }
        BuildHost host = BuildHost.require(build.image(), workDirectory);
        PackageCache packages = new PackageCache(cacheDirectory.resolve(NAME));
        Path rootFileSystem = new RootFileSystem(host, mirror, packages).make(build, workDirectory, progress);
        return new DiskAssembly(host, workDirectory)
                .assemble(build, rootFileSystem, archive.toAbsolutePath(), fingerprint(build), progress);
    }
}
