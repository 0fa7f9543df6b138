package dev.minions.testkit.fake;

import dev.minions.spi.BackendFactory;
import dev.minions.spi.Hypervisor;
import dev.minions.testkit.HypervisorContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

class ProcessHypervisorTest extends HypervisorContract {
    @TempDir
    Path directory;

    @Override
    protected BackendFactory<Hypervisor> factory() {
        return ProcessHypervisor.on(new FakeHost());
    }

    @Override
    protected Guest guest() {
        try {
            return new Guest(
                    Files.writeString(directory.resolve("kernel"), "a kernel"),
                    Optional.of(Files.writeString(directory.resolve("initrd"), "an initrd")),
                    "quiet",
                    Files.writeString(directory.resolve("disk"), "a disk"),
                    "fake guest is up",
                    PowerButton.HEEDED,
                    Optional.of("quiet panic"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
