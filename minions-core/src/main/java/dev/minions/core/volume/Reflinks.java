package dev.minions.core.volume;

import dev.minions.spi.process.HostCommand;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies that share their blocks with the original until one of the two is written to, where the file system can. */
final class Reflinks {
    private static final Logger LOG = LoggerFactory.getLogger(Reflinks.class);

    /** Trying on any other would cost each short command a process for nothing. */
    private static final Set<String> CAPABLE = Set.of("xfs", "btrfs", "bcachefs", "zfs", "ocfs2");

    /** What is said where a file system of a capable type cannot do it, as XFS made without the feature. */
    private static final Set<String> REFUSALS = Set.of("not supported", "cross-device", "Invalid argument");

    private volatile boolean refused;

    /**
     * Makes the copy if it can be had.
     *
     * @param target a file that is not there yet, in a directory that is
     * @return whether it was made; if not, there is none
     */
    boolean tryClone(Path source, Path target) throws IOException {
        if (refused || !share(source, target.resolveSibling("."))) {
            return false;
        }
        // Java has no call for this. Without "always", cp would make a plain copy where it cannot make this one.
        HostCommand.Result result = HostCommand.of("cp", "--reflink=always", "--", source.toString(), target.toString())
                .outcome();
        if (!result.succeeded()) {
            Files.deleteIfExists(target);
            refused = REFUSALS.stream().anyMatch(result.stderr()::contains);
            LOG.debug("no reflink of {}: {}", source, result.stderr().strip());
        }
        return result.succeeded();
    }

    private static boolean share(Path source, Path directory) throws IOException {
        FileStore store = Files.getFileStore(directory);
        return CAPABLE.contains(store.type()) && store.equals(Files.getFileStore(source));
    }
}
