package dev.minions.core.engine;

import dev.minions.spi.StateStore;
import dev.minions.testkit.fake.FakeHost;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Instances whose life is that of a fake process. The set of those who hold a lock belongs to the host. */
final class FakeInstances implements Instances {
    private final FakeHost process;
    private final StateStore store;
    private final Set<String> held;
    private @Nullable String current;

    FakeInstances(FakeHost process, StateStore store, Set<String> held) {
        this.process = process;
        this.store = store;
        this.held = held;
    }

    @Override
    public synchronized String current() {
        String known = current;
        if (known != null) {
            return known;
        }
        String fresh = UUID.randomUUID().toString();
        held.add(fresh);
        process.whenKilled(() -> held.remove(fresh));
        store.<Boolean>write(transaction -> {
            transaction.addInstance(fresh);
            return true;
        });
        current = fresh;
        return fresh;
    }

    @Override
    public Optional<Takeover> takeOver(String instance) {
        if (!held.add(instance)) {
            return Optional.empty();
        }
        return Optional.of(new Takeover() {
            @Override
            public void forget() {
                held.remove(instance);
            }

            @Override
            public void close() {
                held.remove(instance);
            }
        });
    }

    @Override
    public synchronized void close() {
        String known = current;
        if (known != null) {
            store.<Boolean>write(transaction -> {
                transaction.removeInstance(known);
                return true;
            });
            held.remove(known);
        }
    }
}
