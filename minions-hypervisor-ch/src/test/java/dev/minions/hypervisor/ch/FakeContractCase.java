package dev.minions.hypervisor.ch;

import dev.minions.spi.BackendFactory;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.process.HostDirectory;
import dev.minions.testkit.HypervisorContract;
import dev.minions.testkit.cloudhypervisor.FakeCloudHypervisor;
import dev.minions.testkit.cloudhypervisor.FakeCloudHypervisor.Release;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/** The contract, on a fake of some release. */
abstract class FakeContractCase extends HypervisorContract {
    private final Release release;
    private final Path directory;

    FakeContractCase(Release release) {
        this.release = release;
        try {
            directory = Files.createTempDirectory(
                    "mcc", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void removeDirectory() {
        HostDirectory.remove(directory);
    }

    @Override
    protected BackendFactory<Hypervisor> factory() {
        return CloudHypervisor.at(FakeCloudHypervisor.of(release).installIn(directory))
                .on(ChCase.PRETENDED);
    }

    @Override
    protected Guest guest() {
        return new Guest(
                write("kernel"),
                Optional.of(write("initrd")),
                "quiet",
                write("disk"),
                ChCase.UP,
                PowerButton.HEEDED,
                Optional.of("guest.panics"));
    }

    private Path write(String name) {
        try {
            Path file = Files.writeString(directory.resolve(name), name);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
