package dev.minions.e2e.suite;

import dev.minions.HostReport;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.MachineSpec.Disk;
import dev.minions.spi.VmPlace;
import dev.minions.spi.Vmm;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A broken backend: the hypervisor under test, but each machine gets an empty disk in place of its first. */
record EmptyDisks(BackendFactory<Hypervisor> sound) implements BackendFactory<Hypervisor> {
    private static final int SIZE = 1 << 20;

    @Override
    public BackendId id() {
        return sound.id();
    }

    @Override
    public List<HostReport.Finding> probe() {
        return sound.probe();
    }

    @Override
    public Hypervisor open(BackendContext context) {
        return new Broken(sound.open(context));
    }

    private record Broken(Hypervisor sound) implements Hypervisor {
        @Override
        public Vmm start(MachineSpec machine) {
            List<Disk> disks = new ArrayList<>(machine.disks());
            Disk first = disks.get(0);
            disks.set(0, new Disk(emptyBeside(first.path()), DiskFormat.RAW, Optional.empty(), first.access()));
            return sound.start(new MachineSpec(
                    machine.place(),
                    machine.name(),
                    machine.cpus(),
                    machine.memory(),
                    machine.kernel(),
                    machine.initrd(),
                    machine.kernelArguments(),
                    disks,
                    machine.nics(),
                    machine.lifetime()));
        }

        private static Path emptyBeside(Path disk) {
            Path empty = disk.resolveSibling("empty");
            try (RandomAccessFile file = new RandomAccessFile(empty.toFile(), "rw")) {
                file.setLength(SIZE);
                return empty;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public BackendId id() {
            return sound.id();
        }

        @Override
        public String configuration() {
            return sound.configuration();
        }

        @Override
        public String description() {
            return sound.description();
        }

        @Override
        public Traits traits() {
            return sound.traits();
        }

        @Override
        public Optional<Vmm> find(VmPlace place) {
            return sound.find(place);
        }

        @Override
        public void remove(VmPlace place) {
            sound.remove(place);
        }

        @Override
        public List<Path> consoleFiles(VmPlace place) {
            return sound.consoleFiles(place);
        }

        @Override
        public void close() {
            sound.close();
        }
    }
}
