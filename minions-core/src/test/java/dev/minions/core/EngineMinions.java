package dev.minions.core;

import dev.minions.Minions;
import dev.minions.ProjectName;
import dev.minions.core.engine.Engine;
import dev.minions.core.engine.Instances;
import dev.minions.core.image.ImageStore;
import dev.minions.spi.StateStore;
import java.nio.file.Path;
import java.util.List;

/** An engine that a test has put together, as programs see it. */
public final class EngineMinions {
    private EngineMinions() {}

    /**
     * Wraps it; closing the result closes the engine.
     *
     * @param root its data directory
     * @param store its store
     * @param instances its instances
     */
    public static Minions of(Engine engine, Path root, StateStore store, Instances instances) {
        ImageStore images = new ImageStore(root.resolve("images"), root.resolve("cache"), store, instances, List.of());
        BackendChoice choice = new BackendChoice(List.of(), List.of(), List.of());
        return new LocalMinions(new Home(engine, images, choice), ProjectName.DEFAULT, true);
    }
}
