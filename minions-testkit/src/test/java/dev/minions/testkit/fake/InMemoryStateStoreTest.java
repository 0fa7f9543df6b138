package dev.minions.testkit.fake;

import dev.minions.spi.StateStore;
import dev.minions.testkit.StateStoreContract;
import java.time.Clock;

class InMemoryStateStoreTest extends StateStoreContract {
    private final FakeHost host = new FakeHost();

    @Override
    protected StateStore open(Clock clock) {
        return InMemoryStateStore.on(host.anotherProcess(), clock);
    }
}
