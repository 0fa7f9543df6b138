package dev.minions.storage.lvm;

import dev.minions.ByteSize;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How full a thin pool is, as the kernel tells of it (Linux, {@code admin-guide/device-mapper/thin-provisioning}).
 *
 * @param size what it can hold
 * @param usedBlocks how many of its blocks are in use
 * @param blocks how many it has
 * @param usedMetadata how many blocks of its metadata are in use
 * @param metadata how many there are
 * @param condition what is wrong with it, for people; empty if it takes writes
 */
record PoolUsage(
        ByteSize size, long usedBlocks, long blocks, long usedMetadata, long metadata, Optional<String> condition) {
    private static final int SECTOR = 512;
    private static final double PERCENT = 100;

    private static final Pattern LINE = Pattern.compile("(\\S+): \\d+ (\\d+) thin-pool (.*)");
    private static final Pattern STATUS = Pattern.compile("\\d+ (\\d+)/(\\d+) (\\d+)/(\\d+) \\S+ (\\S+)(.*)");

    /**
     * Reads what {@code dmsetup status --target thin-pool} says.
     *
     * @param names the pool's device, under any of these names
     * @return empty if it is not among them
     */
    static Optional<PoolUsage> parse(String report, List<String> names) {
        return report.lines()
                .map(LINE::matcher)
                .filter(line -> line.matches() && names.contains(line.group(1)))
                .map(line -> of(ByteSize.bytes(Long.parseLong(line.group(2)) * SECTOR), line.group(3)))
                .findFirst();
    }

    private static PoolUsage of(ByteSize size, String status) {
        Matcher matcher = STATUS.matcher(status);
        if (!matcher.matches()) {
            return new PoolUsage(size, 0, 1, 0, 1, Optional.of("has failed, the kernel says '" + status.strip() + "'"));
        }
        return new PoolUsage(
                size,
                Long.parseLong(matcher.group(3)),
                Long.parseLong(matcher.group(4)),
                Long.parseLong(matcher.group(1)),
                Long.parseLong(matcher.group(2)),
                condition(matcher.group(5), matcher.group(6)));
    }

    private static Optional<String> condition(String mode, String rest) {
        if (rest.contains("needs_check")) {
            return Optional.of("needs a check of its metadata");
        }
        return mode.equals("ro") ? Optional.of("is read-only") : Optional.empty();
    }

    double dataPercent() {
        return PERCENT * usedBlocks / blocks;
    }

    double metadataPercent() {
        return PERCENT * usedMetadata / metadata;
    }

    /** What of it is not in use. */
    ByteSize free() {
        return ByteSize.bytes(size.bytes() / blocks * (blocks - usedBlocks));
    }
}
