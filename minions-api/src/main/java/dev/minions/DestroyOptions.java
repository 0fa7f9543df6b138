package dev.minions;

/** How {@link Vm#destroy(DestroyOptions)} goes about it. */
public final class DestroyOptions extends CallOptions<DestroyOptions> {
    private static final DestroyOptions DEFAULTS = new DestroyOptions(Common.DEFAULT);

    private DestroyOptions(Common common) {
        super(common);
    }

    /** Cancels what is under way, kills the guest and removes everything. */
    public static DestroyOptions defaults() {
        return DEFAULTS;
    }

    @Override
    DestroyOptions with(Common changed) {
        return new DestroyOptions(changed);
    }
}
