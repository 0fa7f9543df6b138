package dev.minions.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.spi.BackendContext;
import dev.minions.spi.VolumeBackend;
import dev.minions.spi.process.HostCommand;
import dev.minions.storage.lvm.LvmInit;
import dev.minions.storage.lvm.LvmThin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The spare disk of a host, with a thin pool of LVM on it. */
final class LvmHost {
    static final String INSTALLATION = "0123456789ab";
    static final String GROUP = "lab";
    static final LvmThin BACKEND = LvmThin.pool(GROUP, "pool");

    private static final LvmInit INIT = LvmInit.onDevice(Path.of("/dev/vdc")).named(GROUP, "pool");
    private static final Path NOWHERE = Path.of("/nowhere");

    private LvmHost() {}

    static List<String> makePool() {
        return makePool(INSTALLATION);
    }

    static List<String> makePool(String installation) {
        return INIT.make(installation);
    }

    static List<String> removePool() {
        return INIT.undo(INSTALLATION);
    }

    static BackendContext context(String installation) {
        return new BackendContext(installation, NOWHERE, NOWHERE);
    }

    static VolumeBackend open(LvmThin pool) {
        return pool.open(context(INSTALLATION));
    }

    /** Runs a command, and returns what it said. */
    static String run(String... argv) {
        HostCommand.Result result =
                HostCommand.of(List.of(argv)).within(Duration.ofMinutes(4)).outcome();
        assertThat(result.exitCode())
                .as("exit code of %s, which said: %s%s", List.of(argv), result.stdout(), result.stderr())
                .isZero();
        return result.stdout();
    }

    /** The names of the logical volumes of the group that the selection of {@code lvs} takes. */
    static List<String> names(String selection) {
        return run("lvs", "--noheadings", "-o", "lv_name", "--select", selection, GROUP)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }
}
