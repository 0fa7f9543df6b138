package dev.minions.testkit.fake;

import dev.minions.HostReport;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.NicKind;
import dev.minions.spi.VmPlace;
import dev.minions.spi.Vmm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A hypervisor whose VMMs are threads of the test and whose guests are {@link FakeGuest}s. Passes
 * {@code HypervisorContract}. A kernel with the word {@code panic} on its command line panics. It keeps what belongs on the host in a {@link FakeHost}, and the same few files as a real
 * one in the VM's two directories.
 */
public final class FakeHypervisor implements Hypervisor {
    private static final BackendId ID = BackendId.of("fake");
    private static final String NOTE = "vmm";
    private static final String ERRORS = "stderr";
    private static final String SOCKET = "control";
    private static final Traits TRAITS = new Traits(
            Set.of(NicKind.NONE, NicKind.USER, NicKind.TAP),
            Set.of(DiskFormat.RAW, DiskFormat.QCOW2),
            Duration.ofSeconds(10),
            64,
            true);

    private final FakeHost host;

    private FakeHypervisor(FakeHost host) {
        this.host = host;
    }

    /** What opens a hypervisor in the process of that host. */
    public static BackendFactory<Hypervisor> on(FakeHost host) {
        return new Factory(host);
    }

    private record Factory(FakeHost host) implements BackendFactory<Hypervisor> {
        @Override
        public BackendId id() {
            return ID;
        }

        @Override
        public List<HostReport.Finding> probe() {
            return List.of(HostReport.Finding.ok("fake hypervisor", "always works"));
        }

        @Override
        public Hypervisor open(BackendContext context) {
            return new FakeHypervisor(host);
        }
    }

    @Override
    public BackendId id() {
        return ID;
    }

    @Override
    public String configuration() {
        return "";
    }

    @Override
    public String description() {
        return "fake hypervisor";
    }

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public Vmm start(MachineSpec machine) {
        return host.process().call(FakeCall.VMM_START, () -> writeFiles(machine.place()), () -> {
            writeFiles(machine.place());
            requireBootable(machine);
            FakeMachine started = host.world().start(machine);
            if (machine.lifetime() == MachineSpec.Lifetime.EPHEMERAL) {
                host.process().onDeath(started::kill);
            }
            return new FakeVmm(host, started);
        });
    }

    private static void writeFiles(VmPlace place) {
        try {
            Files.createDirectories(place.run());
            Files.writeString(place.run().resolve(SOCKET), "");
            Files.writeString(place.records().resolve(NOTE), place.vm() + "\n");
        } catch (IOException e) {
            throw new MinionsException(
                    ErrorCode.HYPERVISOR_ERROR, "start vm " + place.vm().shortForm() + ": " + e, e);
        }
    }

    private static void requireBootable(MachineSpec machine) {
        List<Path> needed = new ArrayList<>(List.of(machine.kernel()));
        machine.initrd().ifPresent(needed::add);
        machine.disks().forEach(disk -> needed.add(disk.path()));
        for (Path file : needed) {
            if (!Files.isReadable(file)) {
                String problem = "fake vmm: '" + file + "': no such file";
                log(machine.place(), problem);
                throw new MinionsException(
                        ErrorCode.HYPERVISOR_ERROR,
                        "start vm " + machine.place().vm().shortForm() + ": " + problem);
            }
        }
    }

    private static void log(VmPlace place, String line) {
        try {
            Files.writeString(place.records().resolve(ERRORS), line + "\n");
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "write the log of vm " + place.vm() + ": " + e, e);
        }
    }

    @Override
    public Optional<Vmm> find(VmPlace place) {
        return host.process()
                .call(
                        FakeCall.VMM_FIND,
                        () -> Optional.ofNullable(host.world().machine(place.vm()))
                                .filter(machine -> !machine.isForgotten())
                                .map(machine -> new FakeVmm(host, machine)));
    }

    @Override
    public void remove(VmPlace place) {
        host.process().call(FakeCall.VMM_REMOVE, () -> end(place), () -> {
            end(place);
            try {
                Trees.delete(place.run());
                Files.deleteIfExists(place.records().resolve(NOTE));
            } catch (IOException e) {
                throw new MinionsException(
                        ErrorCode.IO_ERROR, "remove vmm of vm " + place.vm().shortForm() + ": " + e, e);
            }
            host.world().forget(place.vm());
            return true;
        });
    }

    private void end(VmPlace place) {
        FakeMachine machine = host.world().machine(place.vm());
        if (machine != null) {
            machine.kill();
        }
    }

    @Override
    public List<Path> consoleFiles(VmPlace place) {
        return List.of(place.records().resolve("console.prev"), place.records().resolve("console.cur"));
    }

    @Override
    public void close() {
        // nothing is held: all of it is the host's
    }
}
