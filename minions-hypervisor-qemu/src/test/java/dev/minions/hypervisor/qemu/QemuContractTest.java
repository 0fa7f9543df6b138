package dev.minions.hypervisor.qemu;

import dev.minions.spi.BackendFactory;
import dev.minions.spi.Hypervisor;
import dev.minions.testkit.HypervisorContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class QemuContractTest extends HypervisorContract {
    private Path directory = Path.of("/");

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Files.createTempDirectory(
                "mqc", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
    }

    @AfterEach
    void removeDirectory() {
        dev.minions.spi.process.HostDirectory.remove(directory);
    }

    @Override
    protected BackendFactory<Hypervisor> factory() {
        return Qemu.onPath().emulated();
    }

    @Override
    protected Guest guest() {
        try {
            Path kernel = TestGuest.writeTo(directory.resolve("kernel"));
            Files.setPosixFilePermissions(kernel, PosixFilePermissions.fromString("rw-r--r--"));
            return new Guest(
                    kernel,
                    Optional.empty(),
                    TestGuest.Deed.WAIT_FOR_BUTTON.kernelArguments(),
                    Files.write(directory.resolve("disk"), new byte[1024 * 1024]),
                    TestGuest.LISTENING,
                    PowerButton.HEEDED,
                    Optional.of(TestGuest.Deed.PANIC.kernelArguments()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
