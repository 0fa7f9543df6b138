package dev.minions.core;

import dev.minions.HostReport;
import dev.minions.HostReport.Finding;
import dev.minions.core.engine.Backends;
import dev.minions.core.engine.DataDirectory;
import dev.minions.core.engine.Engine;
import dev.minions.core.engine.LockedInstances;
import dev.minions.core.image.DebianImageSource;
import dev.minions.core.image.ImageStore;
import dev.minions.core.instance.HostFacts;
import dev.minions.core.instance.Installation;
import dev.minions.core.instance.InstanceLocks;
import dev.minions.core.store.SqliteStore;
import dev.minions.core.store.VmJson;
import dev.minions.error.MinionsException;
import dev.minions.spi.BackendContext;
import dev.minions.spi.ImageSource;
import dev.minions.spi.StateStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One data directory, opened: what the views of all its projects share. */
final class Home implements AutoCloseable {
    private static final String NO_INSTALLATION = "0".repeat(12);

    private final Engine engine;
    private final ImageStore images;
    private final BackendChoice choice;
    private final AtomicBoolean closed = new AtomicBoolean();

    Home(Engine engine, ImageStore images, BackendChoice choice) {
        this.engine = engine;
        this.images = images;
        this.choice = choice;
    }

    static Home open(
            Path dataDirectory,
            BackendChoice choice,
            List<ImageSource> imageSources,
            @Nullable Path agentRuntime,
            UnaryOperator<StateStore> storeThrough) {
        Installation installation = Installation.open(dataDirectory, HostFacts.ofThisHost());
        DataDirectory directory = new DataDirectory(installation.dataDirectory(), installation.socketDirectory());
        StateStore store = storeThrough.apply(SqliteStore.open(directory.root()));
        try {
            Backends backends =
                    choice.open(new BackendContext(installation.id(), directory.root(), directory.sockets()));
            LockedInstances instances =
                    new LockedInstances(InstanceLocks.in(directory.root().resolve("instances")), store);
            ImageStore images = new ImageStore(
                    directory.images(), directory.cache(), store, instances, withDebian(imageSources, agentRuntime));
            Engine engine = new Engine(directory, backends, store, instances, images, VmJson::write);
            return new Home(engine, images, choice);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static List<ImageSource> withDebian(List<ImageSource> imageSources, @Nullable Path agentRuntime) {
        List<ImageSource> sources = new ArrayList<>(imageSources);
        sources.add(new DebianImageSource(agentRuntime));
        return sources;
    }

    /** What a host offers whose data directory is still to be made. Makes nothing: opening a backend does not. */
    static HostReport diagnoseAbsent(
            Path dataDirectory, BackendChoice choice, List<ImageSource> imageSources, @Nullable Path agentRuntime) {
        List<Finding> findings = new ArrayList<>();
        withDebian(imageSources, agentRuntime).forEach(source -> findings.addAll(source.probe()));
        BackendContext context = new BackendContext(NO_INSTALLATION, dataDirectory, dataDirectory.resolve("run"));
        List<HostReport.Choice> chosen = List.of();
        try (Backends backends = choice.open(context)) {
            findings.addAll(choice.findings(Optional.of(backends)));
            chosen = choice.explain(backends);
        } catch (MinionsException e) {
            findings.add(refusal(e));
            findings.addAll(choice.findings(Optional.empty()));
        }
        findings.sort(Comparator.comparing(Finding::severity));
        return new HostReport(chosen, findings);
    }

    /** That nothing can be opened here; what it takes stands in the message, or in the findings beside it. */
    static Finding refusal(MinionsException failure) {
        return Finding.error(
                "minions", failure.getMessage(), "do what is said here or in the lines below, and run it again");
    }

    Engine engine() {
        if (closed.get()) {
            throw new IllegalStateException("this Minions has been closed");
        }
        return engine;
    }

    ImageStore images() {
        return images;
    }

    HostReport diagnose() {
        List<Finding> findings = new ArrayList<>(choice.findings(Optional.of(engine().backends())));
        findings.addAll(images.probe());
        findings.sort(Comparator.comparing(Finding::severity));
        return new HostReport(choice.explain(engine().backends()), findings);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            engine.close();
        }
    }
}
