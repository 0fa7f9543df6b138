package dev.minions.testkit.cloudhypervisor;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.Map;

/** Other numbers of CPUs, other amounts of memory, other sizes of disks. */
final class Resizing {
    private static final String OUTER = "The VM could not be resized";
    private static final long BLOCK = 2 * 1024 * 1024;

    private final Machine machine;

    Resizing(Machine machine) {
        this.machine = machine;
    }

    /** What the guest has. */
    static long memory(Map<String, Object> config) {
        Map<String, Object> memory = Devices.table(config, "memory").orElseThrow();
        return number(memory, "size") + number(memory, "hotplugged_size");
    }

    void resize(Map<String, Object> wanted) throws ApiError {
        Map<String, Object> config =
                machine.config().orElseThrow(() -> ApiError.handler(404, OUTER, "VM is not created"));
        if (machine.isBooted()) {
            machine.events().report("vm", "resizing");
        }
        if (wanted.containsKey("desired_vcpus")) {
            resizeCpus(Devices.table(config, "cpus").orElseThrow(), number(wanted, "desired_vcpus"));
        }
        if (wanted.containsKey("desired_ram")) {
            resizeMemory(Devices.table(config, "memory").orElseThrow(), number(wanted, "desired_ram"));
        }
        if (machine.isBooted()) {
            machine.events().report("vm", "resized");
        }
    }

    private static void resizeCpus(Map<String, Object> cpus, long count) throws ApiError {
        if (count < 1 || count > number(cpus, "max_vcpus")) {
            throw ApiError.internal(OUTER, "Error from CPU manager", "Requested vCPUs exceed maximum");
        }
        cpus.put("boot_vcpus", count);
    }

    private static void resizeMemory(Map<String, Object> memory, long size) throws ApiError {
        long more = size - number(memory, "size");
        long region = number(memory, "hotplug_size");
        String hex = "new size 0x" + Long.toHexString(more);
        if (more == number(memory, "hotplugged_size")) {
            throw refusal(hex + " and requested_size are identical");
        }
        if (more < 0 || more % BLOCK != 0) {
            throw refusal(hex + " is not aligned on block_size 0x" + Long.toHexString(BLOCK));
        }
        if (more > region) {
            throw refusal(hex + " is bigger than region_size 0x" + Long.toHexString(region));
        }
        memory.put("hotplugged_size", more);
    }

    private static ApiError refusal(String fact) {
        return ApiError.internal(
                OUTER,
                "Memory manager error",
                "Failed to virtio-mem resize",
                "Resize invalid argument",
                "Failed to update virtio configuration: ResizeError(" + fact + ")");
    }

    void resizeDisk(Map<String, Object> wanted) throws ApiError {
        String outer = "The disk could not be resized";
        Map<String, Object> config =
                machine.config().orElseThrow(() -> ApiError.handler(404, outer, "VM is not created"));
        Object path = Devices.tables(config, "disks").stream()
                .filter(disk -> Json.field(wanted, "id").equals(disk.get("id")))
                .findFirst()
                .orElseThrow(() -> ApiError.internal(outer, "Unknown disk id"))
                .get("path");
        try (var file = new RandomAccessFile(String.valueOf(path), "rw")) {
            file.setLength(number(wanted, "desired_size"));
        } catch (IOException e) {
            throw ApiError.internal(outer, Messages.of(e));
        }
    }

    private static long number(Map<String, Object> table, String name) {
        return (Long) table.getOrDefault(name, 0L);
    }
}
