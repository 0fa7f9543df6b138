package dev.minions;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;

/**
 * A command that runs in a guest while the caller reads and writes its streams, of any length: {@link Process}, but
 * in a VM. What it writes and nobody reads is kept up to a window of 256 KiB a stream, then the command waits;
 * nothing is lost and nobody else is held up.
 *
 * <p>Threads: one reader for each of the two outputs and one writer may work at the same time. Closing ends the
 * command, with every process it started, if it still runs.
 */
public interface GuestProcess extends AutoCloseable {
    /** Where the command's standard input comes from; closing it is end of file. Flush to send what was written. */
    OutputStream stdin();

    /** What the command writes to its standard output; ends when it has closed it. */
    InputStream stdout();

    /** What the command writes to its standard error; ends when it has closed it. */
    InputStream stderr();

    /**
     * Sends the command, and every process of its group, a signal.
     *
     * @param number the signal's number in the guest, 1 to 64
     */
    void signal(int number);

    /**
     * Waits until the command has ended.
     *
     * @param limit how long to wait at most
     * @return how it ended; empty if it still runs
     * @throws dev.minions.error.MinionsException if the connection to the guest, or the guest, is lost
     */
    Optional<ExitStatus> waitFor(Duration limit);

    /** Ends the command if it runs, and lets go of its streams. May be called again. */
    @Override
    void close();
}
