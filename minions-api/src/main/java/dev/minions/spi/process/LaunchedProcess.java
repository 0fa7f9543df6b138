package dev.minions.spi.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * A process that a {@link Launcher} of this or of another JVM started, found by its directory. Any number of JVMs may
 * hold one at the same time; it keeps nothing open and need not be closed.
 *
 * <p>Any thread. Waits block and honour interruption.
 */
public final class LaunchedProcess {
    /** A watch that was asked for; closing it ends it. */
    public interface Watch extends AutoCloseable {
        /** Ends the watch. The callback may be under way; it does not begin afterwards. */
        @Override
        void close();
    }

    private static final Duration FOREVER = Duration.ofDays(36_500);

    private final LaunchDirectory files;
    private final ProcessIdentity identity;

    LaunchedProcess(LaunchDirectory files, ProcessIdentity identity) {
        this.files = files;
        this.identity = identity;
    }

    /**
     * The process that was last started in that directory, running or ended.
     *
     * @return empty if there is none, or the launcher has not come to starting it
     */
    public static Optional<LaunchedProcess> find(Path directory) {
        var files = new LaunchDirectory(directory);
        return files.identity().map(identity -> new LaunchedProcess(files, identity));
    }

    /**
     * Kills the process of that directory if it runs, waits until it is dead, and removes the directory, following no
     * link. Nothing there is success. A launcher that is only about to start its process will not start it.
     *
     * @throws dev.minions.error.MinionsException {@code COMMAND_TIMEOUT} if it takes more than 10 seconds, as for a
     *     process that waits for a dead disk; {@code WRONG_STATE} if the process belongs to another pid namespace
     */
    public static void remove(Path directory) {
        new LaunchDirectory(directory).remove(LaunchDirectory.REMOVAL_DEADLINE);
    }

    /** Which process it is. */
    public ProcessIdentity identity() {
        return identity;
    }

    /** Where the launcher keeps what is known about it. */
    public Path directory() {
        return files.path();
    }

    /** Whether it still runs. */
    public boolean isAlive() {
        return identity.isAlive();
    }

    /**
     * Waits until it has ended. Notices that within a millisecond or so, without polling.
     *
     * @param within how long to wait; zero to look
     * @return how it ended; empty if it still runs
     */
    public Optional<ProcessExit> awaitExit(Duration within) {
        try {
            long deadline = System.nanoTime() + within.toNanos();
            if (identity.isAlive()) {
                if (within.isZero() || within.isNegative() || !FifoWatch.awaitEnd(files.life(), within)) {
                    return Optional.empty();
                }
                Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
                if (!LaunchDirectory.awaitDeath(identity, left)) {
                    return Optional.empty();
                }
            }
            FifoWatch.awaitEnd(files.life(), LaunchDirectory.REPORT);
            return Optional.of(exit());
        } catch (InterruptedException e) {
            throw Failures.interrupted("wait for process " + identity.pid(), e);
        }
    }

    /**
     * Calls back once when it has ended, at once if it has already. The callback runs on a thread of the watch and may
     * block.
     *
     * @return the watch, which costs a thread until it is closed or has called
     */
    public Watch onExit(Consumer<ProcessExit> callback) {
        try {
            FifoWatch watch = FifoWatch.begin(files.life(), () -> confirm(callback));
            return () -> close(watch);
        } catch (IOException e) {
            // The directory is gone, and with it the way to be told.
            Thread waiting = Thread.ofPlatform().daemon().name("minions-watch").start(() -> confirm(callback));
            return waiting::interrupt;
        }
    }

    /**
     * Takes away what is known about the process of that directory, and lets the process be. For a directory that is a
     * copy of another, where the process belongs: whoever believed its notes would end what is not its own.
     */
    public static void forget(Path directory) {
        new LaunchDirectory(directory).forget();
    }

    /** Sends a signal, unless the process is gone. Returns whether it was sent. */
    public boolean signal(ProcessIdentity.Signal signal) {
        return identity.signal(signal);
    }

    /**
     * Kills it and waits until it is dead. A dead one is success.
     *
     * @param within how long to wait
     * @return how it ended
     * @throws dev.minions.error.MinionsException {@code COMMAND_TIMEOUT} if it is still there then
     */
    public ProcessExit kill(Duration within) {
        try {
            files.kill(identity, within);
            return exit();
        } catch (InterruptedException e) {
            throw Failures.interrupted("kill process " + identity.pid(), e);
        }
    }

    /**
     * Once the process has ended, waits until all it wrote is in its logs.
     *
     * @param within how long to wait
     * @return whether they are complete; false if time ran out, as when something it left behind still writes
     */
    public boolean awaitLogs(Duration within) {
        try {
            return FifoWatch.awaitEnd(files.drained(), within);
        } catch (InterruptedException e) {
            throw Failures.interrupted("wait for the logs of process " + identity.pid(), e);
        }
    }

    @Override
    public String toString() {
        return "process " + identity.pid() + " of '" + files.path() + "'";
    }

    private ProcessExit exit() {
        OptionalInt code = files.exitCode();
        if (code.isEmpty()) {
            return new ProcessExit.Unknown();
        }
        int number = code.getAsInt();
        return number > CommandRun.SIGNAL_BASE
                ? new ProcessExit.Signalled(number - CommandRun.SIGNAL_BASE)
                : new ProcessExit.Exited(number);
    }

    /** A watch has no deadline; an interrupt ends it. */
    private void confirm(Consumer<ProcessExit> callback) {
        try {
            LaunchDirectory.awaitDeath(identity, FOREVER);
            callback.accept(exit());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(FifoWatch watch) {
        try {
            watch.close();
        } catch (IOException e) {
            throw Failures.io("end a watch", e);
        }
    }
}
