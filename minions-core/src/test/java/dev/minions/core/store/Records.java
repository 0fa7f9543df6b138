package dev.minions.core.store;

import dev.minions.ByteSize;
import dev.minions.ImageRef;
import dev.minions.OperationId;
import dev.minions.ProjectName;
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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Records to put into a store. */
final class Records {
    static final ImageRef DIGEST = ImageRef.of("sha256:" + "0".repeat(64));

    private Records() {}

    static ImageRecord image() {
        return new ImageRecord(
                DIGEST,
                Set.of("debian"),
                Optional.empty(),
                "debian 12",
                "x86_64",
                ByteSize.gib(2),
                "",
                true,
                true,
                Optional.empty(),
                Map.of(),
                Instant.EPOCH);
    }

    static VmRecord vm(String name, long cid) {
        return vm(name, cid, spec -> spec);
    }

    static VmRecord vm(String name, long cid, UnaryOperator<VmSpec.Builder> more) {
        return vm(VmId.random(), name, cid, more);
    }

    static VmRecord vm(VmId id, String name, long cid, UnaryOperator<VmSpec.Builder> more) {
        return new VmRecord(
                id,
                ProjectName.DEFAULT,
                VmName.of(name),
                more.apply(VmSpec.builder(name, "debian")).build(),
                DIGEST.value(),
                VmState.STOPPED,
                VmState.STOPPED,
                Optional.empty(),
                MachineSpec.Lifetime.DURABLE,
                Optional.empty(),
                cid,
                "br0",
                OptionalLong.of(0x0A00_0000L + cid),
                new BackendRef(BackendId.of("qemu"), ""),
                new BackendRef(BackendId.of("directory"), ""),
                new BackendRef(BackendId.of("user"), ""),
                Instant.EPOCH,
                Optional.empty());
    }

    static OperationRecord operation() {
        return new OperationRecord(
                OperationId.random(),
                VmId.random(),
                "start",
                "instance-1",
                OperationRecord.Phase.UNDO,
                "begin",
                List.of(),
                List.of(),
                false,
                Instant.EPOCH);
    }
}
