package dev.minions.storage.lvm;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Refuses what would need room in a pool that has little left. What guests write to volumes they have is not asked
 * about: a pool that runs out of blocks makes them wait, and after a minute fails them.
 */
final class PoolGuard {
    private final PoolName pool;
    private final PoolLimits limits;
    private final Supplier<String> status;
    private final Runnable activation;

    /**
     * Makes one.
     *
     * @param status what {@code dmsetup status --target thin-pool} says now
     * @param activation gives the pool its device
     */
    PoolGuard(PoolName pool, PoolLimits limits, Supplier<String> status, Runnable activation) {
        this.pool = pool;
        this.limits = limits;
        this.status = status;
        this.activation = activation;
    }

    /**
     * Returns if there is room.
     *
     * @param operation what is to be done, for the message
     * @throws MinionsException {@code NO_SPACE} with what is there; {@code IO_ERROR} if the pool takes no writes
     */
    void requireRoom(String operation) {
        refusal(operation).ifPresent(refusal -> {
            throw refusal;
        });
    }

    /** Why that may not be done now, if it may not. */
    Optional<MinionsException> refusal(String operation) {
        PoolUsage usage = usage(operation);
        String begin = operation + ": thin pool '" + pool + "' ";
        if (usage.condition().isPresent()) {
            return Optional.of(new MinionsException(
                    ErrorCode.IO_ERROR,
                    begin + usage.condition().get() + "; stop its VMs, lvchange -an " + pool + ", lvconvert --repair "
                            + pool));
        }
        if (usage.metadataPercent() >= limits.metadata()) {
            return Optional.of(new MinionsException(
                    ErrorCode.NO_SPACE,
                    begin + "has " + percent(usage.metadataPercent()) + " of its metadata in use, and from "
                            + limits.metadata() + " % on nothing is begun in it; destroy VMs or snapshots, or run:"
                            + " lvextend --poolmetadatasize +64M " + pool));
        }
        if (usage.dataPercent() >= limits.data()) {
            return Optional.of(new MinionsException(
                    ErrorCode.NO_SPACE,
                    begin + "has " + percent(usage.dataPercent()) + " in use and " + usage.free() + " of "
                            + usage.size() + " left, and from " + limits.data()
                            + " % on nothing is begun in it; destroy VMs or snapshots, or run: lvextend -L +10G "
                            + pool));
        }
        return Optional.empty();
    }

    /** How full the pool is. One that nothing uses may have no device yet, as after a boot. */
    PoolUsage usage(String operation) {
        return look().or(() -> {
                    activation.run();
                    return look();
                })
                .orElseThrow(() -> new MinionsException(
                        ErrorCode.IO_ERROR,
                        operation + ": thin pool '" + pool + "' has no device; run: lvchange -ay " + pool));
    }

    /** A pool with volumes in it has a device beneath its own, which is the real one. */
    private Optional<PoolUsage> look() {
        String device = pool.mapped(pool.pool());
        return PoolUsage.parse(status.get(), List.of(device + "-tpool", device));
    }

    private static String percent(double value) {
        return String.format(Locale.ROOT, "%.1f %%", value);
    }
}
