package dev.minions.testkit;

import dev.minions.ByteSize;
import dev.minions.VmName;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.spi.VmPlace;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Machines of one guest, each with a place and a disk of its own. */
final class TestMachines {
    private static final int EXTRA_SIZE = 1024 * 1024;

    private final HostDirectories directories;
    private final List<VmPlace> places = new ArrayList<>();
    private int extras;

    TestMachines(HostDirectories directories) {
        this.directories = directories;
    }

    /** Of every machine that was made. */
    List<VmPlace> places() {
        return places;
    }

    MachineSpec machine(HypervisorContract.Guest guest, Lifetime lifetime) {
        VmPlace place = newPlace();
        Path disk = directories.root().resolve(place.vm() + ".raw");
        try {
            Files.copy(guest.disk(), disk, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new MachineSpec(
                place,
                VmName.of("contract-" + place.cid()),
                1,
                ByteSize.mib(256),
                guest.kernel(),
                guest.initrd(),
                guest.kernelArguments(),
                List.of(new MachineSpec.Disk(disk, DiskFormat.RAW, Optional.empty(), MachineSpec.Access.READ_WRITE)),
                List.of(),
                lifetime);
    }

    /** Another VM that claims the same disk. */
    MachineSpec onDiskOf(MachineSpec machine) {
        return copy(newPlace(), machine, machine.kernel(), machine.kernelArguments());
    }

    static MachineSpec with(MachineSpec machine, Path kernel, String arguments) {
        return copy(machine.place(), machine, kernel, arguments);
    }

    static MachineSpec withDisks(MachineSpec machine, List<MachineSpec.Disk> disks) {
        return copy(machine.place(), machine, machine.kernel(), machine.kernelArguments(), disks, machine.growth());
    }

    static MachineSpec growing(MachineSpec machine, MachineSpec.Growth growth) {
        return copy(machine.place(), machine, machine.kernel(), machine.kernelArguments(), machine.disks(), growth);
    }

    /** An empty raw disk that no machine has yet, where that one's VMM may open it however it is confined. */
    MachineSpec.Disk newDiskFor(MachineSpec machine) {
        Path disk = machine.place().records().resolve("extra-" + extras++ + ".raw");
        try {
            Files.write(disk, new byte[EXTRA_SIZE]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new MachineSpec.Disk(disk, DiskFormat.RAW, Optional.empty(), MachineSpec.Access.READ_WRITE);
    }

    /** Makes a disk larger, and says how large it is then. */
    static ByteSize grown(Path disk) {
        try (var file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength((file.length() / EXTRA_SIZE + 2) * EXTRA_SIZE);
            return ByteSize.bytes(file.length());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MachineSpec copy(VmPlace place, MachineSpec machine, Path kernel, String arguments) {
        return copy(place, machine, kernel, arguments, machine.disks(), machine.growth());
    }

    private static MachineSpec copy(
            VmPlace place,
            MachineSpec machine,
            Path kernel,
            String arguments,
            List<MachineSpec.Disk> disks,
            MachineSpec.Growth growth) {
        return new MachineSpec(
                place,
                machine.name(),
                machine.cpus(),
                machine.memory(),
                kernel,
                machine.initrd(),
                arguments,
                disks,
                machine.nics(),
                machine.lifetime(),
                growth);
    }

    private VmPlace newPlace() {
        VmPlace place = directories.newPlace();
        places.add(place);
        return place;
    }

    /** What is in those files that exist, one after the other. */
    static String text(List<Path> files) {
        var text = new StringBuilder();
        for (Path file : files) {
            try {
                text.append(Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "");
            } catch (IOException e) {
                text.append('\n'); // turned over this moment; whoever waits for something reads again
            }
        }
        return text.toString();
    }
}
