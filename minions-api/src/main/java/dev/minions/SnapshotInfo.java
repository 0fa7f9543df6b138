package dev.minions;

import java.time.Instant;
import java.util.Optional;

/**
 * A snapshot: what the disks of a VM held at one moment. Made by Minions; components may be added, so read it through
 * its accessors and neither construct nor deconstruct it.
 *
 * @param name what it is called
 * @param createdAt when it was made, by the wall clock
 * @param guest what the guest did at that moment
 * @param disk the size of the root disk then
 * @param data the size of the data disk then; empty if the VM has none
 */
public record SnapshotInfo(SnapshotName name, Instant createdAt, Guest guest, ByteSize disk, Optional<ByteSize> data) {
    /** What a guest did while its disks were kept. It may grow, so keep a default. */
    public enum Guest {
        /** It did not run. */
        STOPPED,
        /** It ran, and its file systems stood still with everything written. */
        FROZEN
    }
}
