package dev.minions.testkit.cloudhypervisor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The devices of a machine: their ids, their slots on the bus, and which of them the guest's drivers have taken. */
final class Devices {
    private final Map<String, Integer> slots = new LinkedHashMap<>();
    private final Set<String> active = new LinkedHashSet<>();
    private int unnamed;

    /** The objects in a list of a configuration; empty if it has none. */
    static List<Map<String, Object>> tables(Map<String, Object> config, String name) {
        Object list = config.get(name);
        return list == null
                ? List.of()
                : Json.list(list).stream().map(Json::table).toList();
    }

    static Optional<Map<String, Object>> table(Map<String, Object> config, String name) {
        return Optional.ofNullable(config.get(name)).map(Json::table);
    }

    /** Gives every device of a configuration a slot, and an id if it has none. */
    void number(Map<String, Object> config) {
        slots.clear();
        active.clear();
        if (!table(config, "console").map(console -> console.get("mode")).equals(Optional.of("Off"))) {
            place("__console");
        }
        tables(config, "disks").forEach(disk -> place(named(disk, "_disk")));
        tables(config, "net").forEach(nic -> place(named(nic, "_net")));
        place("__rng");
        table(config, "balloon").ifPresent(balloon -> place("__balloon"));
        table(config, "vsock").ifPresent(vsock -> place(named(vsock, "_vsock")));
        if (table(config, "memory").map(memory -> memory.get("hotplug_method")).equals(Optional.of("VirtioMem"))) {
            place("mem0");
        }
    }

    private String named(Map<String, Object> device, String prefix) {
        return device.computeIfAbsent("id", name -> prefix + unnamed++).toString();
    }

    private int place(String id) {
        int slot = 1;
        while (slots.containsValue(slot)) {
            slot++;
        }
        slots.put(id, slot);
        return slot;
    }

    boolean has(@Nullable Object id) {
        return slots.containsKey(String.valueOf(id));
    }

    /** A device that is added while the guest runs. */
    String add(Map<String, Object> device, String prefix, EventLog events) {
        String id = named(device, prefix);
        int slot = place(id);
        if (!active.isEmpty()) {
            active.add(id);
            events.report("virtio-device", "activated", "id", id);
        }
        return address(slot);
    }

    private static String address(int slot) {
        return String.format("0000:00:%02x.0", slot);
    }

    /** The guest has let go of a device. */
    void remove(String id, EventLog events) {
        Integer slot = slots.remove(id);
        if (active.remove(id)) {
            events.report("virtio-device", "reset", "id", id);
        }
        events.report("vm", "device-removed", "id", id, "bdf", address(slot == null ? 0 : slot));
    }

    void activated(EventLog events) {
        for (String id : slots.keySet()) {
            active.add(id);
            events.report("virtio-device", "activated", "id", id);
        }
    }

    /** A guest that shuts itself down puts its devices away first, the last one first. */
    void reset(EventLog events) {
        List<String> ids = new ArrayList<>(active);
        for (int i = ids.size() - 1; i >= 0; i--) {
            events.report("virtio-device", "reset", "id", ids.get(i));
        }
        active.clear();
    }
}
