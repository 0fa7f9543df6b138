package dev.minions.hypervisor.qemu;

import dev.minions.ByteSize;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.DeviceId;
import dev.minions.spi.HotPlug;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.Nic;
import dev.minions.spi.process.HostDirectory;
import dev.minions.spi.process.HostUser;
import dev.minions.spi.process.RunAs;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Changes the devices of a running machine over QMP. What the machine has, QEMU is asked each time: its peripherals by
 * id, its block nodes by name.
 */
final class QemuHotPlug implements HotPlug {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final VmmFiles files;
    private final QmpControl control;
    private final Acceleration acceleration;

    QemuHotPlug(VmmFiles files, Acceleration acceleration) {
        this.files = files;
        this.control = new QmpControl(files);
        this.acceleration = acceleration;
    }

    @Override
    public Map<DeviceId, Path> disks() {
        return control.converse("list the disks of vm " + files.place().vm(), LIMIT, QemuHotPlug::disks);
    }

    /** Of a copy-on-write layer QEMU tells the whole graph as its name; the node below it has the file's. */
    private static Map<DeviceId, Path> disks(Qmp qmp, long deadline) throws IOException {
        Map<String, String> files = new HashMap<>();
        for (JsonNode node : qmp.execute("query-named-block-nodes", Map.of("flat", true), deadline)) {
            files.put(node.path("node-name").asString(""), node.path("file").asString(""));
        }
        Map<DeviceId, Path> disks = new LinkedHashMap<>();
        for (JsonNode block : qmp.execute("query-block", Map.of(), deadline)) {
            String name = block.path("inserted").path("node-name").asString("");
            String file = files.get(DiskNodes.file(name));
            if (file != null) {
                disks.put(DeviceId.of(name), Path.of(file));
            }
        }
        return disks;
    }

    @Override
    public void addDisk(DeviceId id, MachineSpec.Disk disk) {
        String what = what("add disk", id, "to");
        if (!Files.exists(disk.path())) {
            throw new MinionsException(ErrorCode.HYPERVISOR_ERROR, what + ": there is no '" + disk.path() + "'");
        }
        control.converse(what, LIMIT, (qmp, deadline) -> {
            if (isThere(qmp, id, deadline)) {
                requireSame(what, disk, disks(qmp, deadline).get(id));
                return true;
            }
            removeNodes(qmp, id, deadline); // of one that somebody began and did not end
            HostUser.vmm(files.place().cid(), acceleration.group()).ifPresent(owner -> handOver(disk, owner));
            boolean added = false;
            try {
                for (Map<String, Object> node : new DiskNodes(id.value(), disk).options()) {
                    qmp.execute("blockdev-add", node, deadline);
                }
                addDevice(qmp, Map.of("driver", "virtio-blk-pci", "drive", id.value()), id, deadline);
                added = true;
            } finally {
                if (!added) {
                    removeNodes(qmp, id, deadline);
                }
            }
            return true;
        });
    }

    private static void handOver(MachineSpec.Disk disk, RunAs owner) {
        HostUser.requireWay(disk.path(), owner);
        disk.base().ifPresent(base -> HostUser.requireWay(base, owner));
        if (disk.access() == MachineSpec.Access.READ_WRITE) {
            HostDirectory.giveDisk(disk.path(), owner);
        }
    }

    private static void requireSame(String what, MachineSpec.Disk disk, @Nullable Path there) {
        if (!disk.path().toAbsolutePath().equals(there)) {
            throw new MinionsException(
                    ErrorCode.WRONG_STATE, what + ": it has another device of that name, with " + there);
        }
    }

    @Override
    public void growDisk(DeviceId id, ByteSize size) {
        Map<String, ?> wanted = Map.of("node-name", id.value(), "size", size.bytes());
        control.converse(
                what("grow disk", id, "of"), LIMIT, (qmp, deadline) -> qmp.execute("block_resize", wanted, deadline));
    }

    @Override
    public void addNic(DeviceId id, Nic nic) {
        control.converse(what("add card", id, "to"), LIMIT, (qmp, deadline) -> {
            if (isThere(qmp, id, deadline)) {
                return true;
            }
            removeNetdev(qmp, id, deadline);
            boolean added = false;
            try {
                qmp.execute("netdev_add", Netdev.options(id.value(), nic.endpoint()), deadline);
                Map<String, ?> card = Map.of("driver", "virtio-net-pci", "netdev", id.value(), "mac", nic.mac());
                addDevice(qmp, card, id, deadline);
                added = true;
            } finally {
                if (!added) {
                    removeNetdev(qmp, id, deadline);
                }
            }
            return true;
        });
    }

    private static void addDevice(Qmp qmp, Map<String, ?> device, DeviceId id, long deadline) throws IOException {
        Map<String, Object> options = new LinkedHashMap<>(device);
        options.put("id", id.value());
        options.putAll(QemuArguments.PLUGGED);
        qmp.execute("device_add", options, deadline);
    }

    @Override
    public void remove(DeviceId id, Duration limit) {
        control.converse(what("remove device", id, "from"), limit.plus(LIMIT), (qmp, deadline) -> {
            if (isThere(qmp, id, deadline)) {
                awaitRelease(qmp, id, limit);
            }
            removeNodes(qmp, id, deadline);
            removeNetdev(qmp, id, deadline);
            return true;
        });
    }

    /** The guest is asked, and QEMU reports when it has let go. Who asks twice is told so, and waits all the same. */
    private static void awaitRelease(Qmp qmp, DeviceId id, Duration limit) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        List<JsonNode> events = new ArrayList<>();
        try {
            try {
                qmp.execute("device_del", Map.of("id", id.value()), events::add, deadline);
            } catch (Qmp.RefusedException e) {
                if (!isThere(qmp, id, deadline)) {
                    return;
                }
            }
            while (events.stream().noneMatch(event -> isRelease(event, id))) {
                events.add(qmp.awaitEvent(deadline));
            }
        } catch (SocketTimeoutException e) {
            throw new IOException("the guest has not let go of it within " + limit.toMillis() + " ms", e);
        }
    }

    private static boolean isRelease(JsonNode event, DeviceId id) {
        return event.path("event").asString("").equals("DEVICE_DELETED")
                && event.path("data").path("device").asString("").equals(id.value());
    }

    private static boolean isThere(Qmp qmp, DeviceId id, long deadline) throws IOException {
        JsonNode devices = qmp.execute("qom-list", Map.of("path", "/machine/peripheral"), deadline);
        return devices.valueStream()
                .anyMatch(device -> device.path("name").asString("").equals(id.value()));
    }

    /** Only then its files are unlocked. */
    private static void removeNodes(Qmp qmp, DeviceId id, long deadline) throws IOException {
        List<String> present = qmp.execute("query-named-block-nodes", Map.of("flat", true), deadline)
                .valueStream()
                .map(node -> node.path("node-name").asString(""))
                .toList();
        for (String name : DiskNodes.names(id.value())) {
            if (present.contains(name)) {
                qmp.execute("blockdev-del", Map.of("node-name", name), deadline);
            }
        }
    }

    private static void removeNetdev(Qmp qmp, DeviceId id, long deadline) throws IOException {
        try {
            qmp.execute("netdev_del", Map.of("id", id.value()), deadline);
        } catch (Qmp.RefusedException e) {
            if (!e.isNotFound()) {
                throw e;
            }
        }
    }

    private String what(String verb, DeviceId id, String link) {
        return verb + " '" + id + "' " + link + " vm " + files.place().vm();
    }
}
