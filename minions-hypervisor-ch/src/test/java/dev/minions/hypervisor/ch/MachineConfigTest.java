package dev.minions.hypervisor.ch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.minions.ByteSize;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.MachineSpec.Growth;
import dev.minions.spi.Nic;
import dev.minions.spi.VmPlace;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class MachineConfigTest {
    private static final VmPlace PLACE =
            new VmPlace(VmId.random(), 7, Path.of("/data/vms/x"), Path.of("/run/minions/x"));
    private static final HostLayers ALL = new HostLayers(Optional.empty(), Optional.empty(), true, true, true);
    private static final Nic NIC = new Nic("52:54:00:00:00:07", new Nic.Endpoint.Tap("mn7"));
    private static final MachineSpec.Disk LAYER = new MachineSpec.Disk(
            Path.of("/data/vms/x/disk,with=odd \"name\""),
            DiskFormat.QCOW2,
            Optional.of(Path.of("/data/images/base")),
            MachineSpec.Access.READ_WRITE);

    private static MachineSpec machine(List<MachineSpec.Disk> disks, List<Nic> nics) {
        return new MachineSpec(
                PLACE,
                VmName.of("web"),
                2,
                ByteSize.mib(256),
                Path.of("/data/images/kernel"),
                Optional.of(Path.of("/data/images/initrd")),
                "root=/dev/vda rw",
                disks,
                nics,
                MachineSpec.Lifetime.DURABLE,
                new Growth(4, ByteSize.mib(513)));
    }

    private static ObjectNode config(String version, HostLayers layers) {
        return new MachineConfig(machine(List.of(LAYER), List.of(NIC)), ChVersion.parse(version), layers).json();
    }

    @Test
    void nothingIsLeftToADefault() {
        ObjectNode config = config("v53.0", ChCase.PRETENDED);

        assertThat(config.path("cpus").toString()).isEqualTo("{\"boot_vcpus\":2,\"max_vcpus\":4,\"nested\":false}");
        assertThat(config.path("console").toString()).isEqualTo("{\"mode\":\"Off\"}");
        assertThat(config.path("serial").toString())
                .isEqualTo("{\"mode\":\"Socket\",\"socket\":\"/run/minions/x/serial\"}");
        assertThat(config.path("payload").path("cmdline").asString("")).isEqualTo("console=ttyS0 root=/dev/vda rw");
        JsonNode disk = config.path("disks").get(0);
        assertThat(disk.path("id").asString("")).isEqualTo("disk0");
        assertThat(disk.path("path").asString("")).isEqualTo(LAYER.path().toString());
        assertThat(disk.path("image_type").asString("")).isEqualTo("Qcow2");
        assertThat(disk.path("backing_files").asBoolean(false)).isTrue();
        assertThat(config.path("net").get(0).toString())
                .isEqualTo("{\"id\":\"net0\",\"tap\":\"mn7\",\"mac\":\"52:54:00:00:00:07\"}");
        assertThat(config.path("pvpanic").asBoolean(false)).isTrue();
        assertThat(config.has("landlock_enable")).isFalse();
    }

    @Test
    void memoryToGrowByIsWholeBlocks() {
        assertThat(config("v53.0", ChCase.PRETENDED).path("memory").toString())
                .isEqualTo(
                        "{\"size\":268435456,\"hotplug_method\":\"VirtioMem\",\"hotplug_size\":" + (258L << 20) + "}");
    }

    @Test
    void theMachinesIdHasTheNameThatTheReleaseKnows() {
        assertThat(config("v53.0", ChCase.PRETENDED).path("platform").has("system_uuid"))
                .isTrue();
        assertThat(config("v52.0", ChCase.PRETENDED).path("platform").has("uuid"))
                .isTrue();
    }

    @Test
    void withLandlockEverythingThatComesLaterHasARule() {
        assertThat(config("v53.0", ALL).path("landlock_rules").toString())
                .isEqualTo("[{\"path\":\"/run/minions/x\",\"access\":\"rw\"},"
                        + "{\"path\":\"/data/vms/x\",\"access\":\"rw\"},"
                        + "{\"path\":\"/data/images/base\",\"access\":\"r\"},"
                        + "{\"path\":\"/sys/class/net/mn7\",\"access\":\"r\"}]");
    }

    @Test
    void aRestoredMachineKeepsWhatItsGuestRemembersAndNothingElse() {
        ObjectNode saved = (ObjectNode) Answer.Json.read("""
                {"cpus":{"boot_vcpus":3,"max_vcpus":4},
                 "memory":{"size":1,"hotplugged_size":2},
                 "disks":[{"id":"root","path":"/old/disk","image_type":"Raw","num_queues":1}],
                 "net":[{"id":"lan","tap":"old","mac":"52:54:00:00:00:01","host_mac":"aa:bb:cc:dd:ee:ff"}],
                 "vsock":{"id":"vsock","cid":3,"socket":"/old/vsock"},
                 "serial":{"mode":"Socket","socket":"/old/serial"},
                 "landlock_enable":true,"landlock_rules":[{"path":"/old","access":"rw"}]}
                """);

        ObjectNode restored = new MachineConfig(
                        machine(List.of(LAYER), List.of(NIC)), ChVersion.parse("v53.0"), ChCase.PRETENDED)
                .restored(saved);

        assertThat(restored.toString()).doesNotContain("/old", "host_mac", "landlock_rules");
        assertThat(restored.path("cpus").path("boot_vcpus").asInt(0)).isEqualTo(3);
        assertThat(restored.path("memory").path("hotplugged_size").asInt(0)).isEqualTo(2);
        assertThat(restored.path("disks").get(0).path("id").asString("")).isEqualTo("root");
        assertThat(restored.path("net").get(0).path("tap").asString("")).isEqualTo("mn7");
        assertThat(restored.path("vsock").path("cid").asInt(0)).isEqualTo(7);
        assertThat(restored.path("landlock_enable").asBoolean(true)).isFalse();
    }

    @Test
    void cardsOfAnotherKindAreMisuse() {
        var nic = new Nic("52:54:00:00:00:07", new Nic.Endpoint.Socket(Path.of("/run/x")));
        var config = new MachineConfig(machine(List.of(), List.of(nic)), ChVersion.parse("v53.0"), ALL);

        assertThatIllegalArgumentException().isThrownBy(config::json).withMessageContaining("TAP devices only");
    }
}
