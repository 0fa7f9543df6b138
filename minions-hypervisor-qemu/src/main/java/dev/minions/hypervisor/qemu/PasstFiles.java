package dev.minions.hypervisor.qemu;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.VmPlace;
import dev.minions.spi.process.HostDirectory;
import dev.minions.spi.process.RotatedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Where the files of a VM's passt are. Its socket lies below {@code /tmp}, in a directory of its user's own: the profile
 * that distributions confine passt with lets it make sockets there and hardly anywhere else. The name is new each time
 * and written down before the directory is made, since everybody can make directories in {@code /tmp}.
 */
record PasstFiles(VmPlace place, Naming naming) {
    /**
     * How the directories of an installation are named.
     *
     * @param installation its id
     */
    record Naming(String installation) {
        String prefix() {
            return "minions-" + installation + "-";
        }
    }

    static final String SOCKET = "net";
    static final String PID = "pid";

    private static final Path TEMPORARY = Path.of("/tmp");

    /** What the launcher knows of the process. */
    Path launch() {
        return place.records().resolve("net");
    }

    RotatedLog log() {
        return new RotatedLog(launch(), "log");
    }

    private Path note() {
        return place.records().resolve("net-directory");
    }

    /** Whether there is anything to remove. */
    boolean anyMade() {
        return Files.exists(note(), LinkOption.NOFOLLOW_LINKS) || Files.exists(launch(), LinkOption.NOFOLLOW_LINKS);
    }

    Optional<Path> socket() {
        return runDirectory().map(directory -> directory.resolve(SOCKET));
    }

    /** A name for a directory that is not there yet, written down. */
    Path newRunDirectory() {
        byte[] random = new byte[6];
        ThreadLocalRandom.current().nextBytes(random);
        Path directory = TEMPORARY.resolve(naming.prefix() + HexFormat.of().formatHex(random));
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new MinionsException(ErrorCode.NETWORK_ERROR, "make '" + directory + "': somebody else has");
        }
        try {
            Files.writeString(note(), directory + "\n");
            return directory;
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "write '" + note() + "': " + e, e);
        }
    }

    void removeRunDirectory() {
        runDirectory().ifPresent(HostDirectory::remove);
        try {
            Files.deleteIfExists(note());
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "remove '" + note() + "': " + e, e);
        }
    }

    /** What is written down, if it is wholly written and one of ours. */
    private Optional<Path> runDirectory() {
        try {
            String line = Files.readString(note());
            Path directory = Path.of(line.strip());
            boolean ours = line.endsWith("\n")
                    && TEMPORARY.equals(directory.getParent())
                    && directory.getFileName().toString().startsWith(naming.prefix());
            return ours ? Optional.of(directory) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "read '" + note() + "': " + e, e);
        }
    }
}
