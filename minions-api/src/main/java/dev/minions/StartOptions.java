package dev.minions;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How {@link Vm#start(StartOptions)} goes about it. */
public final class StartOptions extends CallOptions<StartOptions> {
    private static final StartOptions DEFAULTS = new StartOptions(Common.DEFAULT, null);

    private final @Nullable Duration bootTimeout;

    private StartOptions(Common common, @Nullable Duration bootTimeout) {
        super(common);
        this.bootTimeout = bootTimeout;
    }

    /** With the hypervisor's own boot limit. */
    public static StartOptions defaults() {
        return DEFAULTS;
    }

    /** How long the guest may take to its first answer. */
    public StartOptions bootTimeout(Duration limit) {
        return new StartOptions(common(), requireLimit("boot", limit));
    }

    @Override
    StartOptions with(Common changed) {
        return new StartOptions(changed, bootTimeout);
    }

    /** The limit asked for. */
    public Optional<Duration> bootTimeout() {
        return Optional.ofNullable(bootTimeout);
    }
}
