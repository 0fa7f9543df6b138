package dev.minions.testkit.fake;

import dev.minions.OperationId;
import dev.minions.VmId;
import dev.minions.event.Event;
import dev.minions.spi.ImageRecord;
import dev.minions.spi.OperationRecord;
import dev.minions.spi.SnapshotRecord;
import dev.minions.spi.VmRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an in-memory store holds at one moment. A transaction changes a copy, which then takes the place of the original:
 * so a reader sees one moment and waits for nobody, and a body that throws has changed nothing.
 */
final class StoreTables {
    final Map<VmId, VmRecord> vms = new LinkedHashMap<>();
    final Map<String, SnapshotRecord> snapshots = new LinkedHashMap<>();
    final Map<OperationId, OperationRecord> operations = new LinkedHashMap<>();
    final Set<OperationId> unfinished = new LinkedHashSet<>();
    final Set<String> instances = new LinkedHashSet<>();
    final Map<Lane, String> lanes = new LinkedHashMap<>();
    final Map<String, ImageRecord> images = new LinkedHashMap<>();
    final List<Event> events = new ArrayList<>();
    final Map<Long, Instant> returnedCids = new HashMap<>();
    final Map<Address, Instant> returnedAddresses = new HashMap<>();

    /**
     * A lane of a VM's guest channel.
     *
     * @param vm the VM
     * @param number which
     */
    record Lane(VmId vm, int number) {}

    /**
     * An address in its space.
     *
     * @param network the space
     * @param value the address
     */
    record Address(String network, long value) {}

    StoreTables copy() {
        var copy = new StoreTables();
        copy.vms.putAll(vms);
        copy.snapshots.putAll(snapshots);
        copy.operations.putAll(operations);
        copy.unfinished.addAll(unfinished);
        copy.instances.addAll(instances);
        copy.lanes.putAll(lanes);
        copy.images.putAll(images);
        copy.events.addAll(events);
        copy.returnedCids.putAll(returnedCids);
        copy.returnedAddresses.putAll(returnedAddresses);
        return copy;
    }
}
