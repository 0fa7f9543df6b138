package dev.minions.testkit;

import dev.minions.AllowedSource;
import dev.minions.AttachedDisk;
import dev.minions.ByteSize;
import dev.minions.DataRate;
import dev.minions.GuestFile;
import dev.minions.ImageRef;
import dev.minions.OperationId;
import dev.minions.PortForward;
import dev.minions.ProjectName;
import dev.minions.SshPublicKey;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.VmSpec;
import dev.minions.VmState;
import dev.minions.spi.BackendId;
import dev.minions.spi.ImageRecord;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.OperationRecord;
import dev.minions.spi.VmRecord;
import dev.minions.spi.VmRecord.BackendRef;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Records as an engine would write them. */
final class StoreRecords {
    static final ProjectName PROJECT = ProjectName.DEFAULT;
    static final String NETWORK = "net0";
    static final Instant CREATED = Instant.parse("2026-01-02T03:04:05.678901Z");

    private static final BackendRef HYPERVISOR = new BackendRef(BackendId.of("qemu"), "");
    private static final BackendRef VOLUMES = new BackendRef(BackendId.of("lvm"), "vg0/minions");
    private static final BackendRef NIC = new BackendRef(BackendId.of("user"), "");

    private StoreRecords() {}

    static ImageRef digest(int number) {
        return ImageRef.of("sha256:" + String.format("%064x", number));
    }

    static ImageRecord image(int number, String... names) {
        return new ImageRecord(
                digest(number),
                Set.of(names),
                Optional.of("recipe " + number),
                "debian 12",
                "x86_64",
                ByteSize.gib(2),
                "root=/dev/vda rw",
                true,
                true,
                Optional.of("0.1.0"),
                Map.of("curl", "7.88.1-10", "vim", ""),
                CREATED.plusSeconds(number));
    }

    static ImageRecord bareImage(int number) {
        return new ImageRecord(
                digest(number),
                Set.of(),
                Optional.empty(),
                "unknown",
                "x86_64",
                ByteSize.mib(64),
                "",
                false,
                false,
                Optional.empty(),
                Map.of(),
                CREATED.plusSeconds(number));
    }

    /** A VM on image 0 with that name and CID, and the address that goes with the CID. */
    static VmRecord vm(String name, long cid) {
        return vm(name, cid, spec -> spec);
    }

    static VmRecord vm(String name, long cid, UnaryOperator<VmSpec.Builder> more) {
        return vm(VmId.random(), PROJECT, name, cid, OptionalLong.of(0x0A00_0000L + cid), more);
    }

    static VmRecord vm(
            VmId id,
            ProjectName project,
            String name,
            long cid,
            OptionalLong address,
            UnaryOperator<VmSpec.Builder> more) {
        return new VmRecord(
                id,
                project,
                VmName.of(name),
                more.apply(VmSpec.builder(name, "debian")).build(),
                digest(0).value(),
                VmState.STOPPED,
                VmState.STOPPED,
                Optional.empty(),
                MachineSpec.Lifetime.DURABLE,
                Optional.empty(),
                cid,
                NETWORK,
                address,
                HYPERVISOR,
                VOLUMES,
                NIC,
                CREATED,
                Optional.empty());
    }

    private static VmSpec.Builder onNetwork(VmSpec.Builder spec) {
        return spec.publish(new PortForward("127.0.0.1", 8080, 80))
                .publish(new PortForward("::1", 8443, 443))
                .allowFrom(AllowedSource.parse("192.0.2.0/24"))
                .allowFrom(AllowedSource.parse("2001:db8::/32"))
                .allowFrom(AllowedSource.vm(VmId.of("019a0000-0000-7000-8000-00000000000a")))
                .bandwidth(DataRate.mbit(100));
    }

    private static VmSpec.Builder full(VmSpec.Builder spec) {
        return onNetwork(spec)
                .cpus(7)
                .memory(ByteSize.bytes(ByteSize.mib(512).bytes() + 1))
                .disk(ByteSize.gb(11))
                .data(ByteSize.bytes(ByteSize.gb(1).bytes() + 512))
                .label("team", "A; drop table vms --")
                .label("empty", "")
                .environment("GREETING", "grüß 'Gott' \"\\ ☃ 🦄")
                .sshKey(SshPublicKey.of("ssh-ed25519 " + "A".repeat(68) + " somebody"))
                .file(GuestFile.text("/etc/motd", "two\nlines\n"))
                .attach(AttachedDisk.readOnly(Path.of("/srv/a disk")))
                .attach(AttachedDisk.readWrite(Path.of("/dev/sdb")))
                .kernel(Path.of("/boot/a kernel"))
                .initrd(Path.of("/boot/an initrd"))
                .kernelArguments("quiet a=\"b c\"")
                .idempotencyKey("key-1");
    }

    /** A VM with every field filled, hard to store in more than one way. */
    static VmRecord fullVm(String name, long cid) {
        VmRecord vm = vm(name, cid, StoreRecords::full);
        return new VmRecord(
                vm.id(),
                vm.project(),
                vm.name(),
                vm.spec(),
                vm.imageDigest(),
                VmState.FAILED,
                VmState.RUNNING,
                Optional.of("the guest's kernel panicked"),
                MachineSpec.Lifetime.EPHEMERAL,
                Optional.of("instance-1"),
                cid,
                NETWORK,
                OptionalLong.of(0xFFFF_FFFEL),
                HYPERVISOR,
                VOLUMES,
                NIC,
                CREATED,
                Optional.of(CREATED.plusMillis(1)));
    }

    static VmRecord in(ProjectName project, VmRecord vm) {
        return vm(vm.id(), project, vm.name().value(), vm.cid(), vm.address(), spec -> vm.spec().toBuilder());
    }

    static VmRecord renamed(VmRecord vm, String name) {
        return vm(
                vm.id(),
                vm.project(),
                name,
                vm.cid(),
                vm.address(),
                spec -> vm.spec().toBuilder().name(VmName.of(name)));
    }

    static OperationRecord operation(VmId vm, String kind, String instance) {
        var undo = new OperationRecord.Entry(
                Optional.of(VOLUMES), "volume.delete", 1, Map.of("id", vm + "-root", "odd", "a=b\n\"c\""));
        var forward = new OperationRecord.Entry(Optional.empty(), "vm.forget", 2, Map.of());
        return new OperationRecord(
                OperationId.random(),
                vm,
                kind,
                instance,
                OperationRecord.Phase.UNDO,
                "begin",
                List.of(undo, forward),
                List.of(forward),
                false,
                CREATED);
    }
}
