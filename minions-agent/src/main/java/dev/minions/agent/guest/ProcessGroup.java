package dev.minions.agent.guest;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A running command and its process group. Java can signal one process only; the shell's {@code kill} does the group.
 *
 * <p>Threads: any.
 */
final class ProcessGroup {
    static final int KILL = 9;

    private static final int SHELL_BASE = 128;
    private static final int PATIENCE_SECONDS = 5;

    /** The signals that end a process that does not catch them. */
    private static final Set<Integer> DEADLY =
            Set.of(1, 2, 3, 4, 5, 6, 7, 8, KILL, 10, 11, 12, 13, 14, 15, 16, 24, 25, 26, 27, 29, 30, 31);

    private final Process process;
    private final OutputPipe stdout;
    private final OutputPipe stderr;
    private volatile int lastSent;

    ProcessGroup(Process process, OutputPipe stdout, OutputPipe stderr) {
        this.process = process;
        this.stdout = stdout;
        this.stderr = stderr;
    }

    /** Where its standard output comes from; to be drained by one thread. */
    OutputPipe stdout() {
        return stdout;
    }

    /** Where its standard error comes from; to be drained by one thread. */
    OutputPipe stderr() {
        return stderr;
    }

    Process process() {
        return process;
    }

    /** Sends a signal to every process of the group, if its leader lives. */
    void signal(int number) {
        if (!process.isAlive()) {
            return; // its number may be somebody else's by now
        }
        lastSent = number;
        try {
            ShortCommand.run(
                    "", "sh", "-c", "kill -s $0 -- -$1", Integer.toString(number), Long.toString(process.pid()));
        } catch (IOException e) {
            Log.say("signal " + number + " for process group " + process.pid(), e);
            if (number == KILL) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }

    /**
     * Waits for the end, and brings it about when the time is over.
     *
     * @param timeoutMillis how long it may run; 0 for ever
     */
    End await(long timeoutMillis) throws InterruptedException {
        boolean timedOut = false;
        if (timeoutMillis > 0) {
            timedOut = !process.waitFor(timeoutMillis, TimeUnit.MILLISECONDS);
        } else {
            process.waitFor();
        }
        if (timedOut) {
            signal(KILL);
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return new End(SHELL_BASE + KILL, KILL, true); // the kernel still holds it; nobody waits for that
            }
        }
        int code = process.exitValue();
        return new End(code, timedOut ? Integer.valueOf(KILL) : signalOf(code), timedOut);
    }

    /**
     * The signal behind an exit code. Java reports death by signal n as 128 + n, as a shell does, so a command that
     * exits with such a number by itself, as a shell does for its own last command, looks the same.
     */
    private @Nullable Integer signalOf(int code) {
        int signal = code - SHELL_BASE;
        return signal > 0 && (DEADLY.contains(signal) || signal == lastSent) ? signal : null;
    }

    /**
     * How a command ended.
     *
     * @param code what a shell would report
     * @param signal the signal that ended it, or null
     * @param timedOut whether its time limit did
     */
    record End(int code, @Nullable Integer signal, boolean timedOut) {}
}
