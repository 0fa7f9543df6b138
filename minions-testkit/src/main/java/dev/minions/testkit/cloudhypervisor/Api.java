package dev.minions.testkit.cloudhypervisor;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What the endpoints do, one after the other: whoever calls holds the machine's turn. */
final class Api {
    /**
     * An answer.
     *
     * @param status the HTTP status
     * @param body its body; empty for an answer of status 200 that has none
     */
    record Answer(int status, String body) {
        static final Answer DONE = new Answer(204, "");
    }

    private final Options options;
    private final Schema schema;
    private final Machine machine;
    private final Resizing resizing;
    private final Snapshots snapshots;

    Api(Options options, Machine machine) {
        this.options = options;
        this.machine = machine;
        this.schema = new Schema(options.release().major(), options.strictness());
        this.resizing = new Resizing(machine);
        this.snapshots = new Snapshots(options, machine, schema);
    }

    /**
     * Carries a request out.
     *
     * @param endpoint for example {@code vm.boot}
     * @param body empty if there is none
     */
    Answer call(String method, String endpoint, String body) throws ApiError {
        boolean reads = endpoint.equals("vmm.ping") || endpoint.equals("vm.info") || endpoint.equals("vm.counters");
        if (reads != method.equals("GET")) {
            throw ApiError.badRequest("Bad Request");
        }
        return switch (endpoint) {
            case "vmm.ping" -> new Answer(200, Json.print(ping()));
            case "vm.info" -> new Answer(200, Json.print(info()));
            case "vm.counters" -> new Answer(200, "{}");
            case "vmm.shutdown" -> shutDownVmm(body);
            case "vm.boot", "vm.delete", "vm.shutdown", "vm.reboot", "vm.power-button", "vm.pause", "vm.resume" ->
                act(endpoint, body);
            case "vm.add-disk" -> addDisk(body);
            case "vm.add-net" -> addNet(body);
            case "vm.add-vsock" -> addVsock(body);
            default -> change(endpoint, body);
        };
    }

    private Answer change(String endpoint, String body) throws ApiError {
        switch (endpoint) {
            case "vm.create" -> machine.create(read("VmConfig", body));
            case "vm.resize" -> resizing.resize(read("VmResize", body));
            case "vm.resize-disk" -> resizing.resizeDisk(read("VmResizeDisk", body));
            case "vm.remove-device" -> removeDevice(read("VmRemoveDevice", body));
            case "vm.snapshot" -> snapshots.save(read("VmSnapshotConfig", body));
            case "vm.restore" -> snapshots.restore(read("RestoreConfig", body));
            default -> throw new ApiError(404, java.util.List.of("Not Found"));
        }
        return Answer.DONE;
    }

    private Map<String, Object> read(String type, String body) throws ApiError {
        if (body.isEmpty()) {
            throw ApiError.badRequest();
        }
        return schema.read(type, body);
    }

    private Answer act(String endpoint, String body) throws ApiError {
        if (!body.isEmpty()) {
            throw ApiError.badRequest("Bad Request");
        }
        switch (endpoint) {
            case "vm.boot" -> machine.boot();
            case "vm.delete" -> machine.delete();
            case "vm.shutdown" -> machine.shutDown();
            case "vm.reboot" -> machine.reboot();
            case "vm.power-button" -> machine.pressButton();
            case "vm.pause" -> pause();
            default -> resume();
        }
        return Answer.DONE;
    }

    private Answer shutDownVmm(String body) throws ApiError {
        if (!body.isEmpty()) {
            throw ApiError.badRequest("Bad Request");
        }
        machine.shutDownVmm();
        return new Answer(200, "");
    }

    private Map<String, Object> ping() {
        var answer = new LinkedHashMap<String, Object>();
        answer.put("build_version", options.version());
        answer.put("version", options.version().replaceAll("^v|-.*$", "") + ".0");
        answer.put("pid", ProcessHandle.current().pid());
        answer.put("features", java.util.List.of("io_uring", "kvm"));
        return answer;
    }

    private Map<String, Object> info() throws ApiError {
        Optional<Map<String, Object>> config = machine.config();
        if (config.isEmpty()) {
            throw ApiError.handler(options.release().missing(), "The VM info is not available", "VM is not created");
        }
        var answer = new LinkedHashMap<String, Object>();
        answer.put(
                "config", options.release().omitsNulls() ? config.get() : schema.withNulls("VmConfig", config.get()));
        answer.put("state", machine.state().toString());
        answer.put("memory_actual_size", Resizing.memory(config.get()));
        return answer;
    }

    private void pause() throws ApiError {
        String outer = "The VM could not be paused";
        if (!machine.isBooted()) {
            throw ApiError.internal(outer, "VM is not running");
        }
        machine.events().report("vm", "pausing");
        if (machine.state() == Machine.State.PAUSED) {
            throw ApiError.internal(
                    outer,
                    "Cannot pause VM",
                    "Failed to pause migratable component",
                    "Invalid transition: InvalidStateTransition(Paused, Paused)");
        }
        machine.setPaused(true);
        machine.events().report("vm", "paused");
    }

    private void resume() throws ApiError {
        String outer = "The VM could not resume";
        if (!machine.isBooted()) {
            throw ApiError.internal(outer, "VM is not running");
        }
        machine.events().report("vm", "resuming");
        if (machine.state() != Machine.State.PAUSED) {
            throw ApiError.internal(
                    outer,
                    "Cannot resume VM",
                    "Failed to resume migratable component",
                    "Invalid transition: InvalidStateTransition(Running, Running)");
        }
        machine.setPaused(false);
        machine.events().report("vm", "resumed");
    }

    private Map<String, Object> config(String outer) throws ApiError {
        return machine.config()
                .orElseThrow(() -> ApiError.handler(options.release().missing(), outer, "VM is not created"));
    }

    private Answer addDisk(String body) throws ApiError {
        String outer = "The disk could not be added to the VM";
        Map<String, Object> disk = read("DiskConfig", body);
        Map<String, Object> config = config(outer);
        requireUnique(disk, outer);
        if (machine.isBooted()) {
            machine.locks().take(disk, outer);
        }
        return add("disks", disk, "_disk", config);
    }

    private Answer addNet(String body) throws ApiError {
        String outer = "The network device could not be added to the VM";
        Map<String, Object> nic = read("NetConfig", body);
        Map<String, Object> config = config(outer);
        requireUnique(nic, outer);
        return add("net", nic, "_net", config);
    }

    private Answer addVsock(String body) throws ApiError {
        String outer = "The vsock device could not be added to the VM";
        Map<String, Object> vsock = read("VsockConfig", body);
        Map<String, Object> config = config(outer);
        if (config.containsKey("vsock") || machine.isBooted()) {
            throw ApiError.internal(outer, "Too many virtio-vsock devices");
        }
        config.put("vsock", vsock);
        return Answer.DONE;
    }

    private void requireUnique(Map<String, Object> device, String outer) throws ApiError {
        if (machine.devices().has(device.get("id"))) {
            throw ApiError.internal(
                    outer, "Failed to validate config", "Identifier " + device.get("id") + " is not unique");
        }
    }

    private Answer add(String list, Map<String, Object> device, String prefix, Map<String, Object> config) {
        Json.list(config.computeIfAbsent(list, name -> new java.util.ArrayList<>()))
                .add(device);
        if (!machine.isBooted()) {
            return Answer.DONE;
        }
        String address = machine.devices().add(device, prefix, machine.events());
        var answer = new LinkedHashMap<String, Object>();
        answer.put("id", device.get("id"));
        answer.put("bdf", address);
        return new Answer(200, Json.print(answer));
    }

    /** Only a request to the guest: it is done when the event comes. */
    private void removeDevice(Map<String, Object> wanted) throws ApiError {
        String outer = "The device could not be removed from the VM";
        String id = Json.field(wanted, "id").toString();
        Map<String, Object> config = config(outer);
        if (!machine.devices().has(id)) {
            throw ApiError.internal(
                    outer,
                    "Error from device manager",
                    "Failed to find device corresponding to the given identifier: " + id);
        }
        for (String list : java.util.List.of("disks", "net")) {
            if (config.containsKey(list)) {
                Json.list(config.get(list))
                        .removeIf(each -> id.equals(Json.table(each).get("id")));
            }
        }
        if (machine.guest().filter(Guest::letsGo).isPresent()) {
            machine.locks().release(id);
            machine.devices().remove(id, machine.events());
        }
    }
}
