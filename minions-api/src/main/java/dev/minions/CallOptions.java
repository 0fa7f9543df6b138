package dev.minions;

import java.time.Duration;
import java.util.Objects;

/**
 * What every changing call can be told: how long to wait for an operation that is under way on the same VM, and who
 * hears of the progress. Immutable; the methods return a changed copy.
 *
 * @param <T> the kind of options
 */
public abstract sealed class CallOptions<T extends CallOptions<T>>
        permits CreateOptions, StartOptions, StopOptions, DestroyOptions, SnapshotOptions, CopyOptions, ChangeOptions {
    /** How long a call waits for its turn unless told otherwise. */
    public static final Duration DEFAULT_WAIT = Duration.ofSeconds(60);

    private final Common common;

    /**
     * What all options have.
     *
     * @param limit how long to wait for the VM
     * @param progress who hears of it
     */
    record Common(Duration limit, ProgressListener progress) {
        static final Common DEFAULT = new Common(DEFAULT_WAIT, ProgressListener.NONE);
    }

    CallOptions(Common common) {
        this.common = common;
    }

    abstract T with(Common changed);

    final Common common() {
        return common;
    }

    /**
     * Waits that long at most while another operation works on the VM, then fails with
     * {@link dev.minions.error.ErrorCode#VM_BUSY}.
     *
     * @param limit zero to fail at once
     */
    public final T waitAtMost(Duration limit) {
        return with(new Common(requireLimit("wait", limit), common.progress()));
    }

    /** Tells that listener how far the call has come. */
    public final T onProgress(ProgressListener listener) {
        return with(new Common(common.limit(), Objects.requireNonNull(listener, "listener")));
    }

    /** How long to wait for another operation on the VM. */
    public final Duration waitLimit() {
        return common.limit();
    }

    /** Who hears of the progress. */
    public final ProgressListener progress() {
        return common.progress();
    }

    static Duration requireLimit(String what, Duration limit) {
        if (limit.isNegative()) {
            throw new IllegalArgumentException(what + " limit must not be negative, got " + limit);
        }
        return limit;
    }
}
