package dev.minions.core.image;

import dev.minions.ImageBuild;
import dev.minions.Progress;
import dev.minions.ProgressListener;
import dev.minions.core.image.DebianRecipe.Part;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.HostCommand;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs mmdebstrap, again if the network was at fault. */
final class RootFileSystem {
    private static final Logger LOG = LoggerFactory.getLogger(RootFileSystem.class);

    private static final Duration LIMIT = Duration.ofMinutes(30);
    private static final Path MERGED_USR = Path.of("/usr/share/mmdebstrap/hooks/maybe-merged-usr");
    private static final String ARCHIVES = "/var/cache/apt/archives";
    private static final int TRIES = 3;
    private static final long FIRST_PAUSE_SECONDS = 2;
    private static final long PAUSE_FACTOR = 4;

    private final BuildHost host;
    private final Optional<URI> mirror;
    private final PackageCache packages;

    RootFileSystem(BuildHost host, Optional<URI> mirror, PackageCache packages) {
        this.host = host;
        this.mirror = mirror;
        this.packages = packages;
    }

    /**
     * Makes a root file system below the work directory: a directory {@code tree} for root, an archive of it for others,
     * who cannot make files of other users outside of a namespace.
     */
    Path make(ImageBuild build, Path work, ProgressListener progress) {
        String doing = "build image '" + build.image() + "'";
        try {
            long pause = FIRST_PAUSE_SECONDS;
            for (int attempt = 1; ; attempt++) {
                boolean fromCache = !packages.isEmpty();
                Path target = work.resolve(host.root() ? "tree" : "tree.tar");
                Optional<BootstrapLog> failure = attempt(build, work, target, progress);
                if (failure.isEmpty()) {
                    return target;
                }
                String reason = failure.get().reason();
                boolean network = failure.get().networkFault();
                if (attempt == TRIES || (!network && !fromCache)) {
                    throw new MinionsException(ErrorCode.IMAGE_ERROR, doing + ": " + reason + advice(network));
                }
                if (!network) {
                    packages.clear(); // a damaged package is not noticed before it is unpacked
                }
                LOG.info("{}: try {} of {} failed: {}", doing, attempt, TRIES, reason);
                progress.onProgress(Progress.of("waiting to try again"));
                TimeUnit.SECONDS.sleep(network ? pause : 0);
                pause *= PAUSE_FACTOR;
            }
        } catch (InterruptedException e) {
            throw Failures.interrupted(doing, e);
        } catch (IOException e) {
            throw Failures.io(doing, e);
        }
    }

    private static String advice(boolean network) {
        return network ? "; tried " + TRIES + " times, look at the network and run it again" : "";
    }

    /** Runs mmdebstrap once; gives what it said if it failed. */
    private Optional<BootstrapLog> attempt(ImageBuild build, Path work, Path target, ProgressListener progress)
            throws IOException {
        Path fetched = work.resolve("fetched");
        Trees.delete(fetched);
        Files.createDirectory(fetched);
        Trees.delete(target);
        BootstrapLog log = new BootstrapLog(progress);
        boolean done = false;
        try {
            done = WatchedCommand.run(command(build, work, fetched, target), log)
                    .succeeded();
        } finally {
            packages.keep(fetched, done);
        }
        return done ? Optional.empty() : Optional.of(log);
    }

    private HostCommand command(ImageBuild build, Path work, Path fetched, Path target) throws IOException {
        HostCommand command = HostCommand.of(arguments(build, fetched, target))
                .within(LIMIT)
                .directory(work)
                .hint("apt install mmdebstrap")
                .environment("SOURCE_DATE_EPOCH", Long.toString(DebianRecipe.DATE));
        if (host.root()) {
            Path temporary = Files.createDirectories(work.resolve("tmp"));
            return command.environment("TMPDIR", temporary.toString());
        }
        return command; // a user's own directories cannot be entered by his subordinate ids; the default one can
    }

    private List<String> arguments(ImageBuild build, Path fetched, Path target) throws IOException {
        Set<String> include = new TreeSet<>(DebianRecipe.BASE);
        include.addAll(build.include());
        List<String> argv = new ArrayList<>(host.enclosed());
        argv.addAll(List.of(
                "mmdebstrap",
                "--verbose",
                "--mode=" + (host.root() ? "root" : "unshare"),
                "--variant=minbase",
                "--format=" + (host.root() ? "directory" : "tar"),
                "--skip=essential/unlink",
                "--aptopt=Acquire::Retries \"3\"",
                "--aptopt=Acquire::Languages \"none\""));
        if (Files.isDirectory(MERGED_USR)) {
            argv.add("--hook-dir=" + MERGED_USR); // the other way to a merged /usr brings Perl along
        }
        argv.addAll(List.of(
                "--setup-hook=" + Part.SETUP.text(),
                "--setup-hook=sync-in " + quoted(packages.directory()) + ' ' + ARCHIVES,
                "--essential-hook=" + Part.FETCH.text(),
                "--essential-hook=sync-out " + ARCHIVES + ' ' + quoted(fetched),
                "--essential-hook=" + Part.FETCHED.text(),
                "--customize-hook=" + Part.CUSTOMIZE.text(),
                "--include=" + String.join(",", include),
                "--",
                DebianRecipe.SUITE,
                target.toString()));
        mirror.ifPresent(address -> argv.add(address.toString()));
        return argv;
    }

    /** A path as one word for mmdebstrap, which splits the arguments of its own hooks as a shell would. */
    static String quoted(Path path) {
        return path.toAbsolutePath().toString().replaceAll("[^A-Za-z0-9/._-]", "\\\\$0");
    }
}
