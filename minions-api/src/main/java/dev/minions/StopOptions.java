package dev.minions;

import java.time.Duration;

/** How {@link Vm#stop(StopOptions)} goes about it. */
public final class StopOptions extends CallOptions<StopOptions> {
    /** How long a guest may take to shut itself down unless told otherwise. */
    public static final Duration DEFAULT_GRACE = Duration.ofSeconds(90);

    private static final StopOptions DEFAULTS = new StopOptions(Common.DEFAULT, DEFAULT_GRACE);

    private final Duration grace;

    private StopOptions(Common common, Duration grace) {
        super(common);
        this.grace = grace;
    }

    /** Asks the guest, and kills it after {@link #DEFAULT_GRACE}. */
    public static StopOptions defaults() {
        return DEFAULTS;
    }

    /**
     * How long the guest may take to shut itself down before it is killed.
     *
     * @param limit zero to kill it at once, as pulling the plug does
     */
    public StopOptions grace(Duration limit) {
        return new StopOptions(common(), requireLimit("grace", limit));
    }

    @Override
    StopOptions with(Common changed) {
        return new StopOptions(changed, grace);
    }

    /** How long the guest may take. */
    public Duration grace() {
        return grace;
    }
}
