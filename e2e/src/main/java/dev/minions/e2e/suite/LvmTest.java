package dev.minions.e2e.suite;

import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.VolumeBackend;
import dev.minions.spi.VolumeId;
import dev.minions.testkit.VolumeBackendContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract of volumes, in a thin pool on the spare disk. */
class LvmTest extends VolumeBackendContract {
    private static int halves;

    @BeforeAll
    static void makePool() {
        LvmHost.makePool();
    }

    @AfterAll
    static void removePool() {
        LvmHost.removePool();
    }

    @Override
    protected BackendFactory<VolumeBackend> factory() {
        return LvmHost.BACKEND;
    }

    /** All that making a volume leaves: what is tagged with its id is whole from the first moment on. */
    @Override
    protected void leaveHalfMade(BackendContext context, VolumeId id) {
        LvmHost.run(
                "lvcreate",
                "-V",
                "8m",
                "-T",
                "lab/pool",
                "--addtag",
                "minions.owner=" + context.installation(),
                "--name",
                "import." + context.installation() + ".half" + halves++);
    }
}
