package dev.minions;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How {@link Snapshots} go about a change. */
public final class SnapshotOptions extends CallOptions<SnapshotOptions> {
    private static final SnapshotOptions DEFAULTS = new SnapshotOptions(Common.DEFAULT, null);

    private final @Nullable SnapshotName name;

    private SnapshotOptions(Common common, @Nullable SnapshotName name) {
        super(common);
        this.name = name;
    }

    /** A new snapshot is called after the time. */
    public static SnapshotOptions defaults() {
        return DEFAULTS;
    }

    /** What a new snapshot is called. */
    public SnapshotOptions name(SnapshotName value) {
        return new SnapshotOptions(common(), Objects.requireNonNull(value, "name"));
    }

    @Override
    SnapshotOptions with(Common changed) {
        return new SnapshotOptions(changed, name);
    }

    /** The name asked for. */
    public Optional<SnapshotName> name() {
        return Optional.ofNullable(name);
    }
}
