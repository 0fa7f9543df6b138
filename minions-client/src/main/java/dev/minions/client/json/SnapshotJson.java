package dev.minions.client.json;

import dev.minions.ByteSize;
import dev.minions.SnapshotInfo;
import dev.minions.VmInfo;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a VM's disks.
 *
 * @param vm the VM's name
 * @param name the snapshot's name
 * @param createdAt when it was made
 * @param guest what the guest did then: {@code stopped}, or {@code frozen} if it ran and its file systems stood still
 * @param disk bytes of the root disk then, as the guest saw it
 * @param data bytes of the data disk then; null if it had none
 */
public record SnapshotJson(
        String vm,
        String name,
        Instant createdAt,
        String guest,
        long disk,
        @Nullable Long data) implements JsonShape {
    /** The shape of a snapshot. */
    public static SnapshotJson of(VmInfo vm, SnapshotInfo snapshot) {
        return new SnapshotJson(
                vm.name().value(),
                snapshot.name().value(),
                snapshot.createdAt(),
                Fields.word(snapshot.guest()),
                snapshot.disk().bytes(),
                snapshot.data().map(ByteSize::bytes).orElse(null));
    }

    @Override
    public Map<String, @Nullable Object> fields() {
        return new Fields()
                .add("vm", vm)
                .add("name", name)
                .add("createdAt", Fields.time(createdAt))
                .add("guest", guest)
                .add("disk", disk)
                .add("data", data)
                .map();
    }
}
