package dev.minions;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How {@link Minions#create(VmSpec, CreateOptions)} and {@code launch} go about it. */
public final class CreateOptions extends CallOptions<CreateOptions> {
    private static final CreateOptions DEFAULTS = new CreateOptions(Common.DEFAULT, false, false, null);

    private final boolean stopped;
    private final boolean keptOnFailure;
    private final @Nullable Duration bootTimeout;

    private CreateOptions(Common common, boolean stopped, boolean keptOnFailure, @Nullable Duration bootTimeout) {
        super(common);
        this.stopped = stopped;
        this.keptOnFailure = keptOnFailure;
        this.bootTimeout = bootTimeout;
    }

    /** Makes the VM and starts it; undoes everything if it does not come up. */
    public static CreateOptions defaults() {
        return DEFAULTS;
    }

    /** Only makes the VM. */
    public CreateOptions stopped() {
        return new CreateOptions(common(), true, keptOnFailure, bootTimeout);
    }

    /** Leaves a VM that does not come up, as {@link VmState#FAILED}, for inspection. */
    public CreateOptions keepOnFailure() {
        return new CreateOptions(common(), stopped, true, bootTimeout);
    }

    /** How long the guest may take to its first answer; the hypervisor's own limit if not called. */
    public CreateOptions bootTimeout(Duration limit) {
        return new CreateOptions(common(), stopped, keptOnFailure, requireLimit("boot", limit));
    }

    @Override
    CreateOptions with(Common changed) {
        return new CreateOptions(changed, stopped, keptOnFailure, bootTimeout);
    }

    /** Whether the VM is only made. */
    public boolean isStopped() {
        return stopped;
    }

    /** Whether a VM that does not come up stays. */
    public boolean isKeptOnFailure() {
        return keptOnFailure;
    }

    /** The limit asked for. */
    public Optional<Duration> bootTimeout() {
        return Optional.ofNullable(bootTimeout);
    }
}
