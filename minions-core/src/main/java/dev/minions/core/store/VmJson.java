package dev.minions.core.store;

import dev.minions.ByteSize;
import dev.minions.ProjectName;
import dev.minions.SnapshotInfo;
import dev.minions.SnapshotName;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.VmState;
import dev.minions.spi.AddressPlan;
import dev.minions.spi.BackendId;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.spi.SnapshotRecord;
import dev.minions.spi.VmRecord;
import dev.minions.spi.VmRecord.BackendRef;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * A VM as the JSON of its manifest: all that a lost database would have to be told of it again. What changes while it
 * lives, such as its state, is not in it.
 */
public final class VmJson {
    private static final int VERSION = 1;

    private VmJson() {}

    /** The manifest of a VM and its snapshots, in UTF-8. */
    public static byte[] write(VmRecord vm, List<SnapshotRecord> snapshots) {
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
        if (!snapshots.isEmpty()) {
            json.put("snapshots", snapshots.stream().map(VmJson::snapshot).toList());
        }
        return (Json.write(json) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The VM that a manifest was written of, as if it were stopped.
     *
     * @throws IllegalArgumentException if this is no manifest, or one of a newer program
     */
    public static VmRecord read(byte[] manifest) {
        return parse(manifest, VmJson::vm);
    }

    /**
     * The snapshots of that VM, the oldest first.
     *
     * @throws IllegalArgumentException as {@link #read}
     */
    public static List<SnapshotRecord> snapshots(byte[] manifest) {
        return parse(manifest, json -> {
            VmId vm = VmId.of(json.text("id"));
            return json.objects("snapshots").stream()
                    .map(snapshot -> snapshot(vm, snapshot))
                    .toList();
        });
    }

    private static <T> T parse(byte[] manifest, Function<Json.Fields, T> reader) {
        try {
            Json.Fields json = Json.fields(new String(manifest, StandardCharsets.UTF_8));
            long version = json.number("version");
            if (version != VERSION) {
                throw new IllegalArgumentException(
                        "it is of version " + version + ", this program knows version " + VERSION);
            }
            return reader.apply(json);
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("it is not as Minions wrote it: " + e.getMessage(), e);
        }
    }

    private static VmRecord vm(Json.Fields json) {
        String address = json.optionalText("address");
        return new VmRecord(
                VmId.of(json.text("id")),
                ProjectName.of(json.text("project")),
                VmName.of(json.text("name")),
                SpecJson.read(json.text("spec")),
                json.text("imageDigest"),
                VmState.STOPPED,
                VmState.STOPPED,
                Optional.empty(),
                Lifetime.valueOf(json.text("lifetime")),
                Optional.empty(),
                json.number("cid"),
                json.text("network"),
                address == null ? OptionalLong.empty() : OptionalLong.of(AddressPlan.number(address)),
                backend(json, "hypervisor"),
                backend(json, "volumes"),
                backend(json, "nic"),
                Instant.parse(json.text("createdAt")),
                Optional.empty());
    }

    private static Map<String, Object> snapshot(SnapshotRecord snapshot) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", snapshot.id());
        json.put("name", snapshot.name().value());
        json.put("createdAt", snapshot.createdAt().toString());
        json.put("guest", snapshot.guest().name());
        json.put("disk", snapshot.disk().bytes());
        snapshot.data().ifPresent(size -> json.put("data", size.bytes()));
        return json;
    }

    private static SnapshotRecord snapshot(VmId vm, Json.Fields json) {
        return new SnapshotRecord(
                vm,
                json.text("id"),
                SnapshotName.of(json.text("name")),
                Instant.parse(json.text("createdAt")),
                SnapshotInfo.Guest.valueOf(json.text("guest")),
                ByteSize.bytes(json.number("disk")),
                json.optionalNumber("data").map(ByteSize::bytes));
    }

    private static Map<String, Object> backend(BackendRef backend) {
        return Map.of("id", backend.id().value(), "configuration", backend.configuration());
    }

    private static BackendRef backend(Json.Fields json, String role) {
        Map<String, String> backend = json.textMap(role);
        return new BackendRef(BackendId.of(backend.getOrDefault("id", "")), backend.getOrDefault("configuration", ""));
    }
}
