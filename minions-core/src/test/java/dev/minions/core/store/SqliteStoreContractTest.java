package dev.minions.core.store;

import dev.minions.spi.StateStore;
import dev.minions.testkit.StateStoreContract;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreContractTest extends StateStoreContract {
    @TempDir
    Path directory;

    @Override
    protected StateStore open(Clock clock) {
        return SqliteStore.open(directory, clock, () -> new BootClock.Moment("one boot", clock.millis()));
    }
}
