package dev.minions.hypervisor.ch;

import dev.minions.ByteSize;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.DeviceId;
import dev.minions.spi.HotPlug;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.Nic;
import dev.minions.spi.process.HostDirectory;
import dev.minions.spi.process.HostKvm;
import dev.minions.spi.process.HostUser;
import dev.minions.spi.process.RunAs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Changes the devices of a running machine. The machine's configuration, as the VMM tells it, says what is there already. */
final class ChHotPlug implements HotPlug {
    private final ChFiles files;
    private final Api api;
    private final Watches watches;

    ChHotPlug(ChFiles files, Api api, Watches watches) {
        this.files = files;
        this.api = api;
        this.watches = watches;
    }

    @Override
    public Map<DeviceId, Path> disks() {
        var disks = new LinkedHashMap<DeviceId, Path>();
        for (JsonNode disk : api.call(Verb.INFO).path("config").path("disks")) {
            disks.put(
                    DeviceId.of(disk.path("id").asString("")),
                    Path.of(disk.path("path").asString("")));
        }
        return disks;
    }

    @Override
    public void addDisk(DeviceId id, MachineSpec.Disk disk) {
        ObjectNode wanted = MachineConfig.disk(id.value(), disk);
        if (isThere("disks", id, "path", wanted)) {
            return;
        }
        requireWithinReach(id, disk.path());
        HostUser.vmm(files.place().cid(), HostKvm.group()).ifPresent(owner -> handOver(disk, owner));
        api.call(Verb.ADD_DISK, wanted);
    }

    private void requireWithinReach(DeviceId id, Path disk) {
        String what = "add disk '" + id + "' to vm " + files.place().vm() + ": ";
        if (!Files.exists(disk)) {
            throw new MinionsException(ErrorCode.HYPERVISOR_ERROR, what + "there is no '" + disk + "'");
        }
        boolean confined =
                api.call(Verb.INFO).path("config").path("landlock_enable").asBoolean(false);
        if (confined && !disk.startsWith(files.place().records()) && !disk.startsWith(files.run())) {
            throw new MinionsException(
                    ErrorCode.HYPERVISOR_ERROR,
                    what + "Landlock keeps the VMM to the files it was started with, and '" + disk
                            + "' is none of them; stop the VM first");
        }
    }

    private static void handOver(MachineSpec.Disk disk, RunAs owner) {
        HostUser.requireWay(disk.path(), owner);
        if (disk.access() == MachineSpec.Access.READ_WRITE) {
            HostDirectory.giveDisk(disk.path(), owner);
        }
    }

    /** Of a file the VMM sets the length, which it has; of a block device it only looks whether it has that size. */
    @Override
    public void growDisk(DeviceId id, ByteSize size) {
        ObjectNode wanted = JsonNodeFactory.instance.objectNode();
        api.call(Verb.RESIZE_DISK, wanted.put("id", id.value()).put("desired_size", size.bytes()));
    }

    @Override
    public void addNic(DeviceId id, Nic nic) {
        ObjectNode wanted = MachineConfig.nic(id.value(), nic);
        if (!isThere("net", id, "tap", wanted)) {
            api.call(Verb.ADD_NET, wanted);
        }
    }

    private boolean isThere(String list, DeviceId id, String field, ObjectNode wanted) {
        Optional<JsonNode> present = device(list, id);
        if (present.isPresent() && !present.get().path(field).equals(wanted.get(field))) {
            throw new MinionsException(
                    ErrorCode.WRONG_STATE,
                    "add device '" + id + "' to vm " + files.place().vm() + ": it has another of that name, with "
                            + field + " " + present.get().path(field));
        }
        return present.isPresent();
    }

    private Optional<JsonNode> device(String list, DeviceId id) {
        for (JsonNode device : api.call(Verb.INFO).path("config").path(list)) {
            if (device.path("id").asString("").equals(id.value())) {
                return Optional.of(device);
            }
        }
        return Optional.empty();
    }

    /**
     * The VMM answers at once and forgets the device; it is gone when the guest has let go of it, which an event says.
     * Only then are its disk and its name free again.
     */
    @Override
    public void remove(DeviceId id, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        if (device("disks", id).isEmpty() && device("net", id).isEmpty()) {
            return;
        }
        try (Watches.Watch watch = watches.of(files.log().directory())) {
            long before = EventLog.of(files.log()).removals(id.value());
            api.call(Verb.REMOVE_DEVICE, JsonNodeFactory.instance.objectNode().put("id", id.value()));
            while (EventLog.of(files.log()).removals(id.value()) == before) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new MinionsException(
                            ErrorCode.HYPERVISOR_ERROR,
                            "remove device '" + id + "' from vm "
                                    + files.place().vm() + ": the guest has not let go of it within " + limit.toMillis()
                                    + " ms");
                }
                watch.await(Duration.ofNanos(left));
            }
        }
    }
}
