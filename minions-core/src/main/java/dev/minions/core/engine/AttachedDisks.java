package dev.minions.core.engine;

import dev.minions.AttachedDisk;
import dev.minions.VmSpec;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.VmRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The disks of the host that a VM has besides its own. */
final class AttachedDisks {
    private AttachedDisks() {}

    /** As a hypervisor takes it. */
    static MachineSpec.Disk machine(AttachedDisk disk) {
        MachineSpec.Access access = switch (disk.access()) {
            case READ_ONLY -> MachineSpec.Access.READ_ONLY;
            case READ_WRITE -> MachineSpec.Access.READ_WRITE;
        };
        return new MachineSpec.Disk(disk.path(), DiskFormat.RAW, Optional.empty(), access);
    }

    /**
     * The one with that path.
     *
     * @throws MinionsException {@code PATH_NOT_FOUND}
     */
    static AttachedDisk require(VmRecord vm, Path path) {
        return find(vm, path)
                .orElseThrow(() -> new MinionsException(
                        ErrorCode.PATH_NOT_FOUND,
                        "detach disk from vm '" + vm.name() + "': it has no disk '" + path
                                + "'; 'minions disk list' shows those it has"));
    }

    private static Optional<AttachedDisk> find(VmRecord vm, Path path) {
        return vm.spec().attached().stream()
                .filter(disk -> disk.path().equals(path))
                .findFirst();
    }

    /**
     * Refuses one that the VM cannot have besides those it has.
     *
     * @throws MinionsException {@code WRONG_STATE} if it has it with another access
     */
    static void requireNew(VmRecord vm, AttachedDisk disk) {
        if (find(vm, disk.path()).isPresent()) {
            throw new MinionsException(
                    ErrorCode.WRONG_STATE,
                    "attach disk to vm '" + vm.name() + "': it has '" + disk.path()
                            + "' with another access; detach it first");
        }
        with(vm.spec(), disk);
    }

    /** That spec with one more. */
    static VmSpec with(VmSpec spec, AttachedDisk disk) {
        return spec.toBuilder().attach(disk).build();
    }

    /** That spec with one less. */
    static VmSpec without(VmSpec spec, Path disk) {
        List<AttachedDisk> left = new ArrayList<>(spec.attached());
        left.removeIf(other -> other.path().equals(disk));
        return spec.toBuilder().attached(left).build();
    }
}
