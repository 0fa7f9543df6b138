package dev.minions.spi.process;

import dev.minions.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The directory in which a launcher keeps what is known about its process. */
final class LaunchDirectory {
    static final String SCRIPT = "launch";
    static final Duration REMOVAL_DEADLINE = Duration.ofSeconds(10);

    private static final String INPUT = "input";
    private static final String IDENTITY = "identity";
    private static final String TREE = "tree";
    private static final String CGROUP = "cgroup";

    /** Far more than a launcher needs for what it does next. */
    private static final Duration SHORT = Duration.ofMillis(2);

    /** How long a launcher may take from the death of its process to having written down how it ended, on a slow and busy host. */
    static final Duration REPORT = Duration.ofSeconds(5);

    /** Far more than a launcher needs between making a file and writing a line to it. */
    private static final Duration HALF_A_NOTE = Duration.ofSeconds(2);

    private final Path directory;

    LaunchDirectory(Path directory) {
        this.directory = directory.toAbsolutePath();
    }

    Path path() {
        return directory;
    }

    Path life() {
        return directory.resolve("life");
    }

    Path drained() {
        return directory.resolve("drained");
    }

    /** Empties it of an ended process's things, and makes it ready for the next. */
    void prepare(byte[] script, String input, boolean tree) {
        identity().filter(ProcessIdentity::isAlive).ifPresent(running -> {
            throw Failures.failure(
                    ErrorCode.WRONG_STATE, "launch in '" + directory + "': process " + running.pid() + " still runs");
        });
        remove(REMOVAL_DEADLINE);
        try {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.write(directory.resolve(SCRIPT), script);
            Files.writeString(directory.resolve(INPUT), input);
            if (tree) {
                Files.createFile(directory.resolve(TREE));
            }
        } catch (IOException e) {
            throw Failures.io("launch in '" + directory + "'", e);
        }
    }

    /** What the companion reads from standard input. */
    void writeCompanion(String input) {
        write("companion", input);
    }

    /** In which cgroup the process is, so that who removes the directory removes that too. */
    void writeCgroup(String name) {
        write(CGROUP, name);
    }

    private void write(String name, String text) {
        try {
            Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw Failures.io("launch in '" + directory + "'", e);
        }
    }

    /** The process, once its identity is wholly written down. */
    Optional<ProcessIdentity> identity() {
        return note().flatMap(LaunchDirectory::complete);
    }

    /** The exit code as a shell has it, if the launcher saw one. */
    OptionalInt exitCode() {
        try {
            return OptionalInt.of(
                    Integer.parseInt(Files.readString(directory.resolve("exit")).strip()));
        } catch (IOException | NumberFormatException e) {
            return OptionalInt.empty();
        }
    }

    /**
     * Kills the process if it runs, and removes the directory. A launcher that is just about to start the process finds
     * the directory gone and gives up, or has written the identity before, and then the process is killed.
     */
    void remove(Duration within) {
        long deadline = System.nanoTime() + within.toNanos();
        while (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            boolean settled = endProcess(left(deadline));
            if (removeCgroup() && tryRemove(settled)) {
                return;
            }
            if (System.nanoTime() - deadline > 0) {
                throw Failures.failure(
                        ErrorCode.IO_ERROR,
                        "remove '" + directory + "': something still writes to it after " + Failures.text(within));
            }
        }
    }

    /**
     * Kills the process if it runs and waits until it is dead. Waits for a launcher that is at work.
     *
     * @return whether there was a process, so that there will be no other; if not, a launcher may yet come to it
     */
    boolean endProcess(Duration within) {
        long begin = System.nanoTime();
        long deadline = begin + within.toNanos();
        try {
            while (true) {
                Optional<String> note = note();
                Optional<ProcessIdentity> identity = note.flatMap(LaunchDirectory::complete);
                if (identity.isPresent()) {
                    kill(identity.get(), left(deadline));
                    return true;
                }
                // The launcher holds the FIFO from before it makes the note. Where the FIFO is missing, somebody
                // removed
                // it, and then only time tells whether half a note will ever be whole.
                boolean fifo = FifoWatch.isFifo(life());
                boolean silent = fifo && FifoWatch.awaitEnd(life(), SHORT);
                if (note.isEmpty() && (silent || !fifo)) {
                    return false;
                }
                boolean late = System.nanoTime() - begin > HALF_A_NOTE.toNanos();
                if (note.isPresent() && (silent || late) && note().equals(note)) {
                    return true;
                }
                requireTime(deadline, "the launcher still runs");
                TimeUnit.NANOSECONDS.sleep(SHORT.toNanos());
            }
        } catch (InterruptedException e) {
            throw Failures.interrupted("end the process of '" + directory + "'", e);
        }
    }

    /** Removes the directory and lets its process be. */
    void forget() {
        if (!tryRemove(true)) {
            throw Failures.failure(ErrorCode.IO_ERROR, "remove '" + directory + "': something writes to it");
        }
    }

    /** Kills the process, and what is left of its session if it had one, and waits until they are dead. */
    void kill(ProcessIdentity process, Duration within) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        boolean tree = Files.exists(directory.resolve(TREE), LinkOption.NOFOLLOW_LINKS);
        boolean lived = process.signal(ProcessIdentity.Signal.KILL);
        if (!tree) {
            // Its launcher lets go of the FIFO once it has written down how it ended, which for one that was dead
            // already is a matter of an instant, unless something it left behind holds on to the FIFO.
            FifoWatch.awaitEnd(life(), lived ? within : REPORT);
        }
        while (!awaitDeath(process, left(deadline))) {
            requireTime(deadline, "process " + process.pid() + " was killed and is still there");
        }
        if (tree) {
            process.killSession();
            FifoWatch.awaitEnd(life(), left(deadline));
        }
        FifoWatch.awaitEnd(drained(), left(deadline)); // what is still to be logged would be written into nothing
    }

    /**
     * After the end of file on {@code life}, waits for the death itself. Nearly always that is past; but a process that
     * closes descriptors it does not know, and lost its launcher, gives the end of file early.
     */
    static boolean awaitDeath(ProcessIdentity process, Duration within) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        long pause = TimeUnit.MICROSECONDS.toNanos(200);
        while (process.isAlive()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.sleep(Math.min(left, pause));
            pause = Math.min(2 * pause, TimeUnit.MILLISECONDS.toNanos(100));
        }
        return true;
    }

    /**
     * Removes an identity only if its process is known to be dead, and last. Where there was none, one that appears now
     * keeps the directory from being removed; where the directory is removed first, none can appear.
     */
    private boolean tryRemove(boolean settled) {
        try {
            HostDirectory.clear(directory, Path.of(IDENTITY));
            if (settled) {
                Files.deleteIfExists(directory.resolve(IDENTITY));
            }
            Files.deleteIfExists(directory);
            return true;
        } catch (DirectoryNotEmptyException e) {
            return false;
        } catch (IOException e) {
            throw Failures.io("remove '" + directory + "'", e);
        }
    }

    /** Whether there is none any more. It can be removed when the last of its processes has been reaped. */
    private boolean removeCgroup() {
        try {
            HostCgroups.HOST.remove(Files.readString(directory.resolve(CGROUP)));
            return true;
        } catch (NoSuchFileException e) {
            return true;
        } catch (IOException e) {
            LockSupport.parkNanos(SHORT.toNanos());
            return false;
        }
    }

    private void requireTime(long deadline, String fact) {
        if (System.nanoTime() - deadline > 0) {
            throw Failures.failure(ErrorCode.COMMAND_TIMEOUT, "end the process of '" + directory + "': " + fact);
        }
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    private Optional<String> note() {
        try {
            return Optional.of(Files.readString(directory.resolve(IDENTITY), StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw Failures.io("find the process of '" + directory + "'", e);
        }
    }

    /** A note without its line feed is not whole yet. */
    private static Optional<ProcessIdentity> complete(String note) {
        return note.endsWith("\n") ? Optional.of(ProcessIdentity.parse(note.strip())) : Optional.empty();
    }
}
