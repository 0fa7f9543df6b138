package dev.minions.testkit.fake;

import dev.minions.ByteSize;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.spi.BackendContext;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.VmPlace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Machines for tests of the fakes, in one directory. */
record FakeMachines(Path directory) {
    BackendContext context() {
        return new BackendContext("0123456789ab", directory, directory.resolve("run"));
    }

    Hypervisor open(FakeHost host) {
        return FakeHypervisor.on(host).open(context());
    }

    MachineSpec machine(String name) {
        VmId vm = VmId.random();
        try {
            Path records = Files.createDirectories(directory.resolve("vms").resolve(vm.toString()));
            Path kernel = Files.writeString(records.resolve("kernel"), "a kernel");
            Path disk = Files.writeString(records.resolve("disk"), "a disk");
            return new MachineSpec(
                    new VmPlace(vm, 3, records, directory.resolve("run").resolve(vm.shortForm())),
                    VmName.of(name),
                    1,
                    ByteSize.mib(128),
                    kernel,
                    Optional.empty(),
                    "quiet",
                    List.of(new MachineSpec.Disk(
                            disk, DiskFormat.RAW, Optional.empty(), MachineSpec.Access.READ_WRITE)),
                    List.of(),
                    MachineSpec.Lifetime.DURABLE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
