package dev.minions.storage.lvm;

/**
 * How full a pool may be for more to be begun in it.
 *
 * @param data percent of its blocks
 * @param metadata percent of its metadata; one that runs out of metadata has to be repaired, so this is the lower one
 */
record PoolLimits(int data, int metadata) {
    static final PoolLimits USUAL = new PoolLimits(95, 90);

    private static final int MOST = 100;

    /** Checks both. */
    PoolLimits {
        require("data", data);
        require("metadata", metadata);
    }

    private static void require(String what, int percent) {
        if (percent < 1 || percent > MOST) {
            throw new IllegalArgumentException(
                    "limit of a thin pool's " + what + " must be 1 to 100 percent, got " + percent);
        }
    }
}
