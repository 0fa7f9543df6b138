package dev.minions.hypervisor.ch;

import dev.minions.spi.DiskFormat;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.Nic;
import dev.minions.spi.VmPlace;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A machine as the JSON that Cloud Hypervisor takes. Nothing is left to a default that could be another in the next
 * release: ids, MAC addresses and formats are always said.
 */
final class MachineConfig {
    /** Memory grows by whole blocks of a virtio-mem device. */
    private static final long BLOCK = 2L * 1024 * 1024;

    /** The id of the device that leads to the agent. */
    static final String VSOCK = "vsock";

    private static final String READ = "r";
    private static final String READ_WRITE = "rw";

    private final MachineSpec machine;
    private final ChFiles files;
    private final ChVersion version;
    private final HostLayers layers;
    private final ObjectNode config = object();

    MachineConfig(MachineSpec machine, ChVersion version, HostLayers layers) {
        this.machine = machine;
        this.files = new ChFiles(machine.place());
        this.version = version;
        this.layers = layers;
    }

    ObjectNode json() {
        config.removeAll();
        addProcessor();
        addMemory();
        addPayload();
        addDevices();
        addConsole();
        addLandlock();
        return config;
    }

    private void addProcessor() {
        ObjectNode cpus = config.putObject("cpus");
        cpus.put("boot_vcpus", machine.cpus());
        cpus.put("max_vcpus", machine.growth().maxCpus());
        cpus.put("nested", false);
        config.putObject("platform")
                .put(version.uuidField(), machine.place().vm().toString())
                .putArray("oem_strings")
                .add("minions.vm=" + machine.place().vm());
    }

    private void addMemory() {
        long size = machine.memory().bytes();
        long more = machine.growth().maxMemory().bytes() - size;
        ObjectNode memory = config.putObject("memory");
        memory.put("size", size);
        if (more > 0) {
            memory.put("hotplug_method", "VirtioMem");
            memory.put("hotplug_size", (more + BLOCK - 1) / BLOCK * BLOCK);
        }
    }

    private void addPayload() {
        ObjectNode payload = config.putObject("payload");
        payload.put("kernel", text(machine.kernel()));
        machine.initrd().ifPresent(initrd -> payload.put("initramfs", text(initrd)));
        payload.put("cmdline", ("console=ttyS0 " + machine.kernelArguments()).strip());
    }

    private void addDevices() {
        ArrayNode disks = config.putArray("disks");
        for (int i = 0; i < machine.disks().size(); i++) {
            disks.add(disk("disk" + i, machine.disks().get(i)));
        }
        ArrayNode nics = config.putArray("net");
        for (int i = 0; i < machine.nics().size(); i++) {
            nics.add(nic("net" + i, machine.nics().get(i)));
        }
        config.putObject("rng").put("src", "/dev/urandom");
        config.putObject("balloon").put("size", 0).put("deflate_on_oom", true).put("free_page_reporting", true);
        VmPlace place = machine.place();
        config.putObject("vsock").put("id", VSOCK).put("cid", place.cid()).put("socket", text(files.vsock()));
        config.put("pvpanic", true);
        config.put("watchdog", false);
    }

    private void addConsole() {
        config.putObject("serial").put("mode", "Socket").put("socket", text(files.serial()));
        config.putObject("console").put("mode", "Off");
    }

    /** What the VMM is given at its start, it may open without a rule; what follows later, it may not. */
    private void addLandlock() {
        if (!layers.landlock()) {
            return;
        }
        config.put("landlock_enable", true);
        ArrayNode rules = config.putArray("landlock_rules");
        addRule(rules, files.run(), READ_WRITE);
        addRule(rules, machine.place().records(), READ_WRITE);
        Set<Path> readable = new LinkedHashSet<>();
        machine.disks().forEach(disk -> disk.base().ifPresent(readable::add));
        for (Nic nic : machine.nics()) {
            if (nic.endpoint() instanceof Nic.Endpoint.Tap tap) {
                readable.add(Path.of("/sys/class/net", tap.device()));
            }
        }
        readable.forEach(path -> addRule(rules, path, READ));
    }

    private static void addRule(ArrayNode rules, Path path, String access) {
        rules.addObject().put("path", text(path)).put("access", access);
    }

    static ObjectNode disk(String id, MachineSpec.Disk disk) {
        return object().put("id", id)
                .put("path", text(disk.path()))
                .put("readonly", disk.access() == MachineSpec.Access.READ_ONLY)
                .put("image_type", imageType(disk.format()))
                .put("backing_files", disk.base().isPresent())
                .put("num_queues", 1)
                .put("serial", id);
    }

    private static String imageType(DiskFormat format) {
        return switch (format) {
            case RAW -> "Raw";
            case QCOW2 -> "Qcow2";
        };
    }

    static ObjectNode nic(String id, Nic nic) {
        if (nic.endpoint() instanceof Nic.Endpoint.Tap tap) {
            return object().put("id", id).put("tap", tap.device()).put("mac", nic.mac());
        }
        throw new IllegalArgumentException("Cloud Hypervisor takes TAP devices only, got " + nic.endpoint());
    }

    /**
     * The configuration of a saved machine with this one's paths and addresses. The rest is what the guest remembers.
     *
     * @param saved what lies in the snapshot
     * @throws IllegalArgumentException if it has another number of disks or cards
     */
    ObjectNode restored(ObjectNode saved) {
        ObjectNode fresh = json();
        ObjectNode result = saved.deepCopy();
        replaceDevices(result, fresh, "disks");
        replaceDevices(result, fresh, "net");
        ((ObjectNode) result.path("vsock")).put("cid", machine.place().cid()).put("socket", text(files.vsock()));
        result.set("serial", fresh.get("serial"));
        result.set(
                "landlock_enable",
                fresh.path("landlock_enable").isMissingNode()
                        ? JsonNodeFactory.instance.booleanNode(false)
                        : fresh.get("landlock_enable"));
        result.remove("landlock_rules");
        if (fresh.has("landlock_rules")) {
            result.set("landlock_rules", fresh.get("landlock_rules"));
        }
        return result;
    }

    private void replaceDevices(ObjectNode result, ObjectNode fresh, String list) {
        JsonNode before = result.path(list);
        if (before.size() != fresh.get(list).size()) {
            throw new IllegalArgumentException("restore vm '" + machine.name() + "': it has "
                    + fresh.get(list).size() + " " + list + ", the saved one has " + before.size());
        }
        for (int i = 0; i < before.size(); i++) {
            ObjectNode device = (ObjectNode) before.get(i);
            ObjectNode wanted = (ObjectNode) fresh.get(list).get(i);
            for (String field : wanted.propertyNames()) {
                if (!field.equals("id")) {
                    device.set(field, wanted.get(field));
                }
            }
            device.remove("host_mac");
        }
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static String text(Path path) {
        return path.toAbsolutePath().toString();
    }
}
