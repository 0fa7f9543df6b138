package dev.minions;

/** How a change of what a VM is goes about it: {@link Vm#rename}, {@link Vm#resize}, {@link Vm#attach}. */
public final class ChangeOptions extends CallOptions<ChangeOptions> {
    private static final ChangeOptions DEFAULTS = new ChangeOptions(Common.DEFAULT);

    private ChangeOptions(Common common) {
        super(common);
    }

    /** With nothing but what holds for every call. */
    public static ChangeOptions defaults() {
        return DEFAULTS;
    }

    @Override
    ChangeOptions with(Common changed) {
        return new ChangeOptions(changed);
    }
}
