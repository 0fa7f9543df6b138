package dev.minions.core.image;

import dev.minions.ImageRef;
import dev.minions.ProjectName;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.VmSpec;
import dev.minions.VmState;
import dev.minions.spi.BackendId;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.VmRecord;
import dev.minions.spi.VmRecord.BackendRef;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** VMs that stand on an image. */
final class TestVms {
    private TestVms() {}

    static VmRecord on(ImageRef digest, String name) {
        BackendRef backend = new BackendRef(BackendId.of("fake"), "");
        return new VmRecord(
                VmId.random(),
                ProjectName.DEFAULT,
                VmName.of(name),
                VmSpec.builder(name, "debian").build(),
                digest.value(),
                VmState.STOPPED,
                VmState.STOPPED,
                Optional.empty(),
                MachineSpec.Lifetime.DURABLE,
                Optional.empty(),
                3,
                "user",
                OptionalLong.empty(),
                backend,
                backend,
                backend,
                Instant.EPOCH,
                Optional.empty());
    }
}
