package dev.minions.spi;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what the engines of one data directory know together, for any number of them in any number of processes.
 * Passes {@code StateStoreContract}.
 *
 * <p>A transaction sees all of what was committed before it and nothing of what was not; its changes appear together
 * or not at all, and what has been committed outlasts a loss of power. The store upholds by constraint, whoever asks:
 * one VM of a name in a project; one VM of a CID; one VM of an address in a network; one forward of a host port; one
 * snapshot of a name of a VM; at most one unfinished operation of a VM; one holder of a lane; an image that VMs stand on is not removed.
 */
public interface StateStore extends AutoCloseable {
    /**
     * Reads, from one consistent moment. Does not wait for writers.
     *
     * @param body called once on the calling thread; must do no I/O and keep nothing of the view
     * @throws dev.minions.error.MinionsException {@code STORE_ERROR}
     */
    <T extends @Nullable Object> T read(Function<? super StateView, T> body);

    /**
     * Changes. Waits for other writers, for a bounded time. If the body throws, nothing has changed.
     *
     * @param body called once on the calling thread; must do no I/O and keep nothing of the transaction
     * @throws dev.minions.error.MinionsException {@code STORE_ERROR}, or what a method of the transaction threw
     */
    <T extends @Nullable Object> T write(Function<? super StateTransaction, T> body);

    /**
     * Makes room for a change on a full disk, if the store keeps a reserve for that; called before destroy and
     * recovery. The reserve is made again when there is space.
     */
    void releaseReserve();

    /** Lets go of the files. May be called again. */
    @Override
    void close();
}
