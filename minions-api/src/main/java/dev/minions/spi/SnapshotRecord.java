package dev.minions.spi;

import dev.minions.ByteSize;
import dev.minions.SnapshotInfo;
import dev.minions.SnapshotName;
import dev.minions.VmId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the store keeps of a snapshot.
 *
 * @param vm whose it is
 * @param id its id at the volume backend, the same for each of the VM's volumes: 12 hexadecimal digits
 * @param name what it is called
 * @param createdAt when it was made, by the wall clock
 * @param guest what the guest did then
 * @param disk the size of the root volume then
 * @param data the size of the data volume then; empty if there is none
 */
public record SnapshotRecord(
        VmId vm,
        String id,
        SnapshotName name,
        Instant createdAt,
        SnapshotInfo.Guest guest,
        ByteSize disk,
        Optional<ByteSize> data) {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{12}");

    /** Checks the id. */
    public SnapshotRecord {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("id of a snapshot must match " + ID + ", got '" + id + "'");
        }
    }

    /** The volumes it is of. */
    public List<VolumeId> volumes() {
        return Stream.concat(Stream.of(VolumeId.root(vm)), data.map(size -> VolumeId.data(vm)).stream())
                .toList();
    }

    /** What people see of it. */
    public SnapshotInfo info() {
        return new SnapshotInfo(name, createdAt, guest, disk, data);
    }
}
