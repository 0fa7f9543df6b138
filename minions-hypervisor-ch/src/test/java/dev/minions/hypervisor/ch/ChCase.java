package dev.minions.hypervisor.ch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.ByteSize;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.MachineSpec.Growth;
import dev.minions.spi.VmPlace;
import dev.minions.spi.Vmm;
import dev.minions.spi.process.HostDirectory;
import dev.minions.spi.process.HostProgram;
import dev.minions.testkit.Await;
import dev.minions.testkit.cloudhypervisor.FakeCloudHypervisor;
import dev.minions.testkit.cloudhypervisor.FakeCloudHypervisor.Release;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A fake Cloud Hypervisor, directories that its users can enter, and machines. Fails a test that leaves one. */
abstract class ChCase {
    static final Duration SOON = Duration.ofSeconds(30);
    static final String UP = "fake guest is up";

    /** What a host has that lacks Landlock and cgroups. */
    static final HostLayers PRETENDED = new HostLayers(Optional.empty(), Optional.empty(), false, false, true);

    /** Short enough for tests of what does not answer, and long enough for what answers. */
    static final Limits IMPATIENT = new Limits(SOON, Duration.ofSeconds(2), Duration.ofMillis(500));

    private static final AtomicLong CID = new AtomicLong(50_000);

    private final List<VmPlace> places = new ArrayList<>();
    Path root = Path.of("/");

    @BeforeEach
    void makeDirectory() throws IOException {
        root = Files.createTempDirectory(
                "mc", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
        open("kernel", "a kernel");
    }

    @AfterEach
    void nothingIsLeft() {
        Hypervisor plain = hypervisor(FakeCloudHypervisor.of(Release.V53));
        for (VmPlace place : places) {
            plain.remove(place);
            assertThat(place.run()).doesNotExist();
            assertThat(place.records().resolve("vmm")).doesNotExist();
        }
        Await.until(
                "no process is left",
                SOON,
                () -> ProcessHandle.allProcesses().noneMatch(process -> worksIn(process, root)));
        HostDirectory.remove(root);
    }

    private static boolean worksIn(ProcessHandle process, Path directory) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd"))
                    .startsWith(directory);
        } catch (IOException e) {
            return false;
        }
    }

    /** A file that everybody may read. */
    Path open(String name, String content) throws IOException {
        Path file = Files.writeString(root.resolve(name), content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        return file;
    }

    Hypervisor hypervisor(FakeCloudHypervisor fake) {
        return hypervisor(fake, PRETENDED);
    }

    /** Without asking the program for its version, which would be one process more for each test. */
    Hypervisor hypervisor(FakeCloudHypervisor fake, HostLayers layers) {
        var program = new HostProgram(fake.installIn(root));
        return new ChHypervisor(program, ChVersion.parse(fake.version()), layers, IMPATIENT);
    }

    VmPlace newPlace() throws IOException {
        VmId id = VmId.random();
        Path records = Files.createDirectory(
                root.resolve(id.shortForm()),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
        var place = new VmPlace(id, CID.incrementAndGet(), records, root.resolve(id.shortForm() + ".r"));
        places.add(place);
        return place;
    }

    MachineSpec machine(String words) throws IOException {
        return machine(words, List.of());
    }

    MachineSpec machine(String words, List<MachineSpec.Disk> disks) throws IOException {
        return new MachineSpec(
                newPlace(),
                VmName.of("web"),
                2,
                ByteSize.mib(256),
                root.resolve("kernel"),
                Optional.empty(),
                words,
                disks,
                List.of(),
                MachineSpec.Lifetime.DURABLE,
                new Growth(4, ByteSize.mib(512)));
    }

    MachineSpec.Disk disk(String name) throws IOException {
        return new MachineSpec.Disk(
                open(name, "a disk"), DiskFormat.RAW, Optional.empty(), MachineSpec.Access.READ_WRITE);
    }

    static String console(Hypervisor hypervisor, MachineSpec machine) {
        return hypervisor.consoleFiles(machine.place()).stream()
                .map(ChCase::read)
                .collect(Collectors.joining());
    }

    static void awaitConsole(Hypervisor hypervisor, MachineSpec machine, String words) {
        Await.until(
                "the console says '" + words + "'",
                SOON,
                () -> console(hypervisor, machine).contains(words));
    }

    static void awaitUp(Vmm vmm) {
        assertThat(vmm.channel().awaitCall(SOON)).as("the guest comes up").isTrue();
    }

    /** Empty if it is not there. */
    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
