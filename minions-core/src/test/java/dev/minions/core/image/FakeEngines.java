package dev.minions.core.image;

import dev.minions.core.engine.Instances;
import dev.minions.testkit.fake.FakeHost;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** An engine that lives as long as its fake process. */
final class FakeEngines implements Instances {
    private final String own = UUID.randomUUID().toString();
    private final Set<String> alive;

    FakeEngines(FakeHost process, Set<String> alive) {
        this.alive = alive;
        alive.add(own);
        process.whenKilled(() -> alive.remove(own));
    }

    @Override
    public String current() {
        return own;
    }

    @Override
    public Optional<Takeover> takeOver(String instance) {
        if (!alive.add(instance)) {
            return Optional.empty();
        }
        return Optional.of(new Takeover() {
            @Override
            public void forget() {
                alive.remove(instance);
            }

            @Override
            public void close() {
                alive.remove(instance);
            }
        });
    }

    @Override
    public void close() {
        alive.remove(own);
    }
}
