package dev.minions.hypervisor.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.ByteSize;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.spi.BackendContext;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.Nic;
import dev.minions.spi.VmPlace;
import dev.minions.spi.process.HostDirectory;
import dev.minions.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A QEMU on this host, directories that its users can enter, and a machine to start. Fails a test that leaves one. */
abstract class QemuCase {
    static final Duration SOON = Duration.ofSeconds(60);

    private final List<VmPlace> places = new ArrayList<>();
    private long cid = 40_000 + System.nanoTime() % 10_000;

    Path root;
    Hypervisor qemu;

    @BeforeEach
    void open() throws IOException {
        root = Files.createTempDirectory(
                "mq", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
        TestGuest.writeTo(root.resolve("kernel"));
        Files.setPosixFilePermissions(root.resolve("kernel"), PosixFilePermissions.fromString("rw-r--r--"));
        qemu = Qemu.onPath().emulated().open(new BackendContext("0123456789ab", root, root));
    }

    @AfterEach
    void nothingIsLeft() {
        for (VmPlace place : places) {
            qemu.remove(place);
            assertThat(place.run()).doesNotExist();
            assertThat(place.records().resolve("vmm")).doesNotExist();
        }
        qemu.close();
        Await.until(
                "no process is left",
                SOON,
                () -> ProcessHandle.allProcesses().noneMatch(process -> worksIn(process, root)));
        HostDirectory.remove(root);
    }

    VmPlace newPlace() throws IOException {
        VmId id = VmId.random();
        Path records = Files.createDirectory(
                root.resolve(id.shortForm()),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
        var place = new VmPlace(id, cid++, records, root.resolve(id.shortForm() + ".r"));
        places.add(place);
        return place;
    }

    MachineSpec machine(TestGuest.Deed deed) throws IOException {
        return machine(deed, List.of(), List.of());
    }

    MachineSpec machine(TestGuest.Deed deed, List<MachineSpec.Disk> disks, List<Nic> nics) throws IOException {
        return new MachineSpec(
                newPlace(),
                VmName.of("web"),
                1,
                ByteSize.mib(128),
                root.resolve("kernel"),
                Optional.empty(),
                deed.kernelArguments(),
                disks,
                nics,
                MachineSpec.Lifetime.DURABLE);
    }

    MachineSpec.Disk rawDisk(String name) throws IOException {
        Path path = root.resolve(name);
        try (var file = new java.io.RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(1024 * 1024);
        }
        return new MachineSpec.Disk(path, DiskFormat.RAW, Optional.empty(), MachineSpec.Access.READ_WRITE);
    }

    String console(MachineSpec machine) {
        return qemu.consoleFiles(machine.place()).stream().map(QemuCase::read).collect(Collectors.joining());
    }

    void awaitConsole(MachineSpec machine, String words) {
        Await.until(
                "the console says '" + words + "'", SOON, () -> console(machine).contains(words));
    }

    /** Empty if it is not there. */
    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private static boolean worksIn(ProcessHandle process, Path directory) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd"))
                    .startsWith(directory);
        } catch (IOException e) {
            return false;
        }
    }
}
