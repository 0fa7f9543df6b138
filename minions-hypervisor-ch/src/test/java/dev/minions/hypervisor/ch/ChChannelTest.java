package dev.minions.hypervisor.ch;

import dev.minions.ByteSize;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.GuestChannel;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.VmPlace;
import dev.minions.spi.Vmm;
import dev.minions.spi.process.HostDirectory;
import dev.minions.testkit.GuestChannelContract;
import dev.minions.testkit.HypervisorContract;
import dev.minions.testkit.HypervisorContract.PowerButton;
import dev.minions.testkit.cloudhypervisor.FakeCloudHypervisor;
import dev.minions.testkit.cloudhypervisor.FakeCloudHypervisor.Release;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

class ChChannelTest {
    @Nested
    class OnTheFake extends OneGuest {
        @Override
        BackendFactory<Hypervisor> factory(Path directory) {
            return CloudHypervisor.at(FakeCloudHypervisor.of(Release.V53).installIn(directory))
                    .on(ChCase.PRETENDED);
        }

        @Override
        HypervisorContract.Guest guest(Path directory) throws IOException {
            return new HypervisorContract.Guest(
                    Files.writeString(directory.resolve("kernel"), "a kernel"),
                    Optional.empty(),
                    "quiet",
                    Files.writeString(directory.resolve("image"), "a disk"),
                    ChCase.UP,
                    PowerButton.HEEDED,
                    Optional.empty());
        }
    }

    /** Against a true one: see {@link RealHypervisor}. */
    @Nested
    class OnTheRealOne extends OneGuest {
        @Override
        BackendFactory<Hypervisor> factory(Path directory) {
            return RealHypervisor.require().factory();
        }

        @Override
        HypervisorContract.Guest guest(Path directory) {
            return RealHypervisor.require().guest();
        }
    }

    /** All tests share one guest. */
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class OneGuest extends GuestChannelContract {
        private Path root = Path.of("/");
        private Hypervisor hypervisor;
        private VmPlace place;
        private Vmm vmm;

        abstract BackendFactory<Hypervisor> factory(Path directory);

        abstract HypervisorContract.Guest guest(Path directory) throws IOException;

        @BeforeAll
        void boot() throws IOException {
            root = Files.createTempDirectory(
                    "mch", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
            hypervisor = factory(root).open(new BackendContext("0123456789ab", root, root));
            HypervisorContract.Guest guest = guest(root);
            Path disk = Files.copy(guest.disk(), root.resolve("disk"), StandardCopyOption.REPLACE_EXISTING);
            VmId id = VmId.random();
            Path records = Files.createDirectory(
                    root.resolve("records"),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
            place = new VmPlace(id, 60_000, records, root.resolve("run"));
            vmm = hypervisor.start(new MachineSpec(
                    place,
                    VmName.of("channel"),
                    1,
                    ByteSize.mib(256),
                    guest.kernel(),
                    guest.initrd(),
                    guest.kernelArguments(),
                    List.of(new MachineSpec.Disk(
                            disk, DiskFormat.RAW, Optional.empty(), MachineSpec.Access.READ_WRITE)),
                    List.of(),
                    MachineSpec.Lifetime.DURABLE));
        }

        @AfterAll
        void remove() {
            if (place != null) {
                vmm.close();
                hypervisor.remove(place);
            }
            HostDirectory.remove(root);
        }

        @Override
        protected GuestChannel channel() {
            return vmm.channel();
        }
    }
}
