package dev.minions;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How {@link Minions#copy} goes about it. */
public final class CopyOptions extends CallOptions<CopyOptions> {
    private static final CopyOptions DEFAULTS = new CopyOptions(Common.DEFAULT, null);

    private final @Nullable VmName name;

    private CopyOptions(Common common, @Nullable VmName name) {
        super(common);
        this.name = name;
    }

    /** The copy gets a name that is made up. */
    public static CopyOptions defaults() {
        return DEFAULTS;
    }

    /** What the copy is called. */
    public CopyOptions name(VmName value) {
        return new CopyOptions(common(), Objects.requireNonNull(value, "name"));
    }

    @Override
    CopyOptions with(Common changed) {
        return new CopyOptions(changed, name);
    }

    /** The name asked for; empty to have one made up. */
    public Optional<VmName> name() {
        return Optional.ofNullable(name);
    }
}
