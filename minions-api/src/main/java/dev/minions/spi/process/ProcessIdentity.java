package dev.minions.spi.process;

import dev.minions.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which process of which boot of this host: the four numbers that together are never given twice.
 *
 * <p>A pid alone is given again after some time, a start time in seconds moves with the clock, and both mean nothing in
 * another container. A process of another boot is dead without asking; a process of another pid namespace can neither
 * be seen nor signalled from here, and every question about it is refused.
 *
 * <p>Immutable. All calls read {@code /proc} and return at once.
 *
 * @param bootId the boot of the host, as {@code /proc/sys/kernel/random/boot_id} has it
 * @param pidNamespace the inode of the pid namespace that {@code pid} belongs to
 * @param pid the process, 1 or more
 * @param startTicks when it began, in clock ticks since that boot: field 22 of {@code /proc/<pid>/stat}
 */
public record ProcessIdentity(String bootId, long pidNamespace, long pid, long startTicks) {
    /** What this package can send to a process. */
    public enum Signal {
        /** Asks it to end. */
        TERM,
        /** Ends it. */
        KILL
    }

    private static final Path PROC = Path.of("/proc");
    private static final Pattern LINE =
            Pattern.compile("boot=([0-9a-f-]{1,64}) pidns=(\\d{1,18}) pid=(\\d{1,18}) start=(\\d{1,18})");
    private static final Pattern BOOT_ID = Pattern.compile("[0-9a-f-]{1,64}");

    /** Fields of {@code stat} are counted from 1, and the first after the name in parentheses is number 3. */
    private static final int FIRST_AFTER_NAME = 3;

    private static final int STATE = 3 - FIRST_AFTER_NAME;
    private static final int SESSION = 6 - FIRST_AFTER_NAME;
    private static final int START_TICKS = 22 - FIRST_AFTER_NAME;

    /** Checks that the numbers can be what they say. */
    public ProcessIdentity {
        Objects.requireNonNull(bootId, "bootId");
        if (!BOOT_ID.matcher(bootId).matches() || pidNamespace < 1 || pid < 1 || startTicks < 0) {
            throw new IllegalArgumentException("not a process: boot '" + bootId + "', pid namespace " + pidNamespace
                    + ", pid " + pid + ", start " + startTicks);
        }
    }

    /** The process that has the pid now, in this pid namespace; empty if there is none, or only a zombie. */
    public static Optional<ProcessIdentity> of(long pid) {
        return Stat.of(pid)
                .filter(stat -> !stat.isOver())
                .map(stat -> new ProcessIdentity(thisBoot(), thisNamespace(), pid, stat.startTicks));
    }

    /** This JVM. */
    public static ProcessIdentity ofThisProcess() {
        return of(ProcessHandle.current().pid())
                .orElseThrow(() -> Failures.failure(
                        ErrorCode.IO_ERROR, "identify this process: /proc does not show it; mount it"));
    }

    /**
     * Reads what {@link #toString} wrote.
     *
     * @throws IllegalArgumentException if it has another form
     */
    public static ProcessIdentity parse(String text) {
        Matcher matcher = LINE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a process identity: '" + text + "'");
        }
        return new ProcessIdentity(
                matcher.group(1),
                Long.parseLong(matcher.group(2)),
                Long.parseLong(matcher.group(3)),
                Long.parseLong(matcher.group(4)));
    }

    /**
     * Whether the process still runs. A zombie does not.
     *
     * @throws dev.minions.error.MinionsException if the process belongs to another pid namespace of this boot
     */
    public boolean isAlive() {
        if (!bootId.equals(thisBoot())) {
            return false;
        }
        requireThisNamespace("look for");
        return Stat.of(pid)
                .filter(stat -> stat.startTicks == startTicks && !stat.isOver())
                .isPresent();
    }

    /**
     * Sends the signal, having looked once more that the pid is still this process.
     *
     * @return whether it was sent; false if the process is gone
     * @throws dev.minions.error.MinionsException if the process belongs to another pid namespace, or to a user whose
     *     processes this one may not signal
     */
    public boolean signal(Signal signal) {
        Optional<ProcessHandle> handle = ProcessHandle.of(pid); // remembers the start time, and checks it again itself
        if (handle.isEmpty() || !isAlive()) {
            return false;
        }
        boolean sent = switch (signal) {
            case TERM -> handle.get().destroy();
            case KILL -> handle.get().destroyForcibly();
        };
        if (!sent && isAlive()) {
            throw Failures.failure(
                    ErrorCode.WRONG_STATE, "signal process " + pid + ": " + signal + " was not permitted");
        }
        return sent;
    }

    /**
     * Kills what is left of the session that this process, which is dead, was the leader of. As long as anybody is left,
     * the kernel gives its number to no other process; where it is given, nobody is left.
     */
    void killSession() {
        if (!bootId.equals(thisBoot())
                || Stat.of(pid).filter(stat -> !stat.isOver()).isPresent()) {
            return;
        }
        requireThisNamespace("end the session of");
        ProcessHandle.allProcesses()
                .filter(process -> Stat.of(process.pid())
                        .filter(stat -> stat.session == pid && stat.startTicks >= startTicks)
                        .isPresent())
                .forEach(ProcessHandle::destroyForcibly);
    }

    /** {@code boot=… pidns=… pid=… start=…}, the form that the launcher writes and {@link #parse} reads. */
    @Override
    public String toString() {
        return "boot=" + bootId + " pidns=" + pidNamespace + " pid=" + pid + " start=" + startTicks;
    }

    private void requireThisNamespace(String verb) {
        long here = thisNamespace();
        if (pidNamespace != here) {
            throw Failures.failure(
                    ErrorCode.WRONG_STATE,
                    verb + " process " + pid + ": it belongs to pid namespace " + pidNamespace + ", this is " + here
                            + "; use the host or container that started it");
        }
    }

    static String thisBoot() {
        return Host.BOOT_ID;
    }

    static long thisNamespace() {
        return Host.PID_NAMESPACE;
    }

    /** What cannot change while this JVM lives. */
    private static final class Host {
        static final String BOOT_ID =
                read(PROC.resolve("sys/kernel/random/boot_id")).strip();
        static final long PID_NAMESPACE = namespace(PROC.resolve("self/ns/pid"));

        private Host() {}

        private static String read(Path file) {
            try {
                return Files.readString(file);
            } catch (IOException e) {
                throw Failures.io("identify processes", e);
            }
        }

        /** The link reads {@code pid:[4026531836]}. */
        private static long namespace(Path link) {
            try {
                return Long.parseLong(Files.readSymbolicLink(link).toString().replaceAll("\\D", ""));
            } catch (IOException e) {
                throw Failures.io("identify processes", e);
            }
        }
    }

    /** Three fields of {@code /proc/<pid>/stat}. */
    private record Stat(char state, long session, long startTicks) {
        /** Empty if there is no such process, or if it goes while it is read. */
        static Optional<Stat> of(long pid) {
            try {
                // The name is the process's own to choose: it may hold spaces, parentheses, line feeds, any bytes.
                byte[] bytes = Files.readAllBytes(PROC.resolve(pid + "/stat"));
                String text = new String(bytes, StandardCharsets.ISO_8859_1);
                String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
                return Optional.of(new Stat(
                        fields[STATE].charAt(0), Long.parseLong(fields[SESSION]), Long.parseLong(fields[START_TICKS])));
            } catch (IOException e) {
                return Optional.empty();
            }
        }

        boolean isOver() {
            return state == 'Z' || state == 'X';
        }
    }
}
