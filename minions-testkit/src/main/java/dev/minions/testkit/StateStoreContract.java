package dev.minions.testkit;

import dev.minions.spi.StateStore;
import java.time.Clock;
import org.junit.jupiter.api.Nested;

/**
 * What every {@link StateStore} promises.
 *
 * {@snippet :
 * class MyStoreTest extends StateStoreContract {
 *     @TempDir
 *     Path directory;
 *
 *     @Override
 *     protected StateStore open(Clock clock) {
 *         return MyStore.in(directory, clock);
 *     }
 * }
 * }
 */
public abstract class StateStoreContract {
    /** For subclasses. */
    protected StateStoreContract() {}

    /**
     * Opens the store. Within one test every call opens the same, as another engine or a restarted process would; the
     * first call of a test finds it empty.
     *
     * @param clock the store's only notion of time
     */
    protected abstract StateStore open(Clock clock);

    @Nested
    final class Transactions extends StoreTransactionRules {
        @Override
        StateStore open(Clock storeClock) {
            return StateStoreContract.this.open(storeClock);
        }
    }

    @Nested
    final class Vms extends StoreVmRules {
        @Override
        StateStore open(Clock storeClock) {
            return StateStoreContract.this.open(storeClock);
        }
    }

    @Nested
    final class Snapshots extends StoreSnapshotRules {
        @Override
        StateStore open(Clock storeClock) {
            return StateStoreContract.this.open(storeClock);
        }
    }

    @Nested
    final class Numbers extends StoreNumberRules {
        @Override
        StateStore open(Clock storeClock) {
            return StateStoreContract.this.open(storeClock);
        }
    }

    @Nested
    final class Journal extends StoreJournalRules {
        @Override
        StateStore open(Clock storeClock) {
            return StateStoreContract.this.open(storeClock);
        }
    }

    @Nested
    final class Images extends StoreImageRules {
        @Override
        StateStore open(Clock storeClock) {
            return StateStoreContract.this.open(storeClock);
        }
    }

    @Nested
    final class Events extends StoreEventRules {
        @Override
        StateStore open(Clock storeClock) {
            return StateStoreContract.this.open(storeClock);
        }
    }

    @Nested
    final class AnySequence extends StoreModelRules {
        @Override
        StateStore open(Clock storeClock) {
            return StateStoreContract.this.open(storeClock);
        }
    }
}
