package dev.minions.core.store;

import dev.minions.spi.AddressPlan;
import dev.minions.spi.VmRecord;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A VM as the JSON of its manifest: all that a lost database would have to be told of it again. What changes while it
 * lives, such as its state, is not in it.
 */
public final class VmJson {
    private static final int VERSION = 1;

    private VmJson() {}

    /** The manifest of a VM, in UTF-8. */
    public static byte[] write(VmRecord vm) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("version", VERSION);
        json.put("id", vm.id().toString());
        json.put("project", vm.project().value());
        json.put("name", vm.name().value());
        json.put("imageDigest", vm.imageDigest());
        json.put("lifetime", vm.lifetime().name());
        json.put("cid", vm.cid());
        json.put("network", vm.network());
        vm.address().ifPresent(address -> json.put("address", AddressPlan.text(address)));
        json.put("hypervisor", backend(vm.hypervisor()));
        json.put("volumes", backend(vm.volumes()));
        json.put("nic", backend(vm.nic()));
        json.put("createdAt", vm.createdAt().toString());
        json.put("spec", SpecJson.write(vm.spec()));
        return (Json.write(json) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, Object> backend(VmRecord.BackendRef backend) {
        return Map.of("id", backend.id().value(), "configuration", backend.configuration());
    }
}
