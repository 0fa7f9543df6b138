package dev.minions.testkit.fake;

import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.MachineSpec;
import dev.minions.testkit.HypervisorContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

class FakeHypervisorTest extends HypervisorContract {
    @TempDir
    Path directory;

    private final FakeHost host = new FakeHost();

    @Override
    protected BackendFactory<Hypervisor> factory() {
        return FakeHypervisor.on(host.anotherProcess());
    }

    @Override
    protected Guest guest() {
        try {
            return new Guest(
                    Files.writeString(directory.resolve("kernel"), "a kernel"),
                    Optional.empty(),
                    "quiet",
                    Files.writeString(directory.resolve("disk"), "a disk"),
                    FakeMachine.CONSOLE_MARK,
                    PowerButton.HEEDED,
                    Optional.of("panic"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected void killHard(long pid) {
        host.kill(pid);
    }

    @Override
    protected boolean runs(long pid) {
        return host.runs(pid);
    }

    @Override
    protected long startInAProcessThatIsKilled(BackendContext context, MachineSpec machine) {
        FakeHost process = host.anotherProcess();
        long pid = FakeHypervisor.on(process).open(context).start(machine).pid().orElseThrow();
        process.kill();
        return pid;
    }
}
