package dev.minions.core;

import dev.minions.CopyOptions;
import dev.minions.CreateOptions;
import dev.minions.EphemeralVm;
import dev.minions.HostReport;
import dev.minions.HostReport.Finding;
import dev.minions.Images;
import dev.minions.Minions;
import dev.minions.ProjectName;
import dev.minions.Vm;
import dev.minions.VmId;
import dev.minions.VmInfo;
import dev.minions.VmSpec;
import dev.minions.core.engine.Engine;
import dev.minions.core.instance.HostFacts;
import dev.minions.core.instance.Installation;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.event.Event;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.ImageSource;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.spi.Network;
import dev.minions.spi.StateStore;
import dev.minions.spi.VolumeBackend;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A home of VMs in this process and on this host. Any number of them, in any number of processes, may be open on one
 * data directory at the same time.
 *
 * {@snippet :
 * try (Minions minions = LocalMinions.open();
 *         EphemeralVm vm = minions.launch(VmSpec.builder(ImageRef.of("debian")).build())) {
 *     System.out.println(vm.exec("uname", "-a").stdout());
 * }
 * }
 */
public final class LocalMinions implements Minions {
    private static final int MOST_EVENTS = 10_000;

    private final Home home;
    private final ProjectName project;
    private final boolean owner;

    LocalMinions(Home home, ProjectName project, boolean owner) {
        this.home = home;
        this.project = project;
        this.owner = owner;
    }

    /**
     * Opens one with everything as it is by default: the data directory of this user, the best backends that work here.
     *
     * @throws MinionsException {@code NO_FITTING_BACKENDS}, saying what is missing
     */
    public static LocalMinions open() {
        return builder().build();
    }

    /** Begins to describe one. What is not said is as {@link #open} has it. */
    public static Builder builder() {
        return new Builder();
    }

    private Engine engine() {
        return home.engine();
    }

    @Override
    public Vm create(VmSpec spec, CreateOptions options) {
        return new LocalVm(engine(), engine().create(project, spec, options, Lifetime.DURABLE));
    }

    @Override
    public EphemeralVm launch(VmSpec spec, CreateOptions options) {
        if (options.isStopped() || spec.idempotencyKey().isPresent()) {
            throw new IllegalArgumentException("a launched VM runs and is made once: it can be neither created stopped"
                    + " nor have an idempotency key; use create");
        }
        return new LocalEphemeralVm(engine(), engine().create(project, spec, options, Lifetime.EPHEMERAL));
    }

    @Override
    public Vm copy(String nameOrId, CopyOptions options) {
        return vm(engine().copy(project, get(nameOrId).id(), options));
    }

    @Override
    public Optional<Vm> find(String nameOrId) {
        Objects.requireNonNull(nameOrId, "nameOrId");
        return engine().find(project, nameOrId).map(this::vm);
    }

    private Vm vm(VmId id) {
        return new LocalVm(engine(), id);
    }

    @Override
    public Vm get(String nameOrId) {
        return find(nameOrId)
                .orElseThrow(() -> new MinionsException(
                        ErrorCode.VM_NOT_FOUND,
                        "no vm is called '" + shown(nameOrId) + "' in project '" + project
                                + "'; 'minions list' shows those there are"));
    }

    private static String shown(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", "?");
        return clean.length() > 80 ? clean.substring(0, 80) + "…" : clean;
    }

    @Override
    public List<VmInfo> list() {
        return engine().list(project);
    }

    @Override
    public List<Vm> interrupted() {
        return engine().interrupted().stream()
                .<Vm>map(id -> new LocalVm(engine(), id))
                .toList();
    }

    @Override
    public Images images() {
        return home.images();
    }

    @Override
    public List<Event> events(long cursor, int limit) {
        if (cursor < 0 || limit < 1 || limit > MOST_EVENTS) {
            throw new IllegalArgumentException("events need a cursor of 0 or more and a limit of 1 to " + MOST_EVENTS
                    + ", got " + cursor + " and " + limit);
        }
        return engine().events(project, cursor, limit);
    }

    @Override
    public Minions project(ProjectName name) {
        return new LocalMinions(home, Objects.requireNonNull(name, "name"), false);
    }

    @Override
    public HostReport diagnose() {
        return home.diagnose();
    }

    @Override
    public void close() {
        if (owner) {
            home.close();
        }
    }

    /** Collects what a {@link LocalMinions} is made of. Not thread-safe. */
    public static final class Builder {
        private @Nullable Path dataDirectory;
        private ProjectName project = ProjectName.DEFAULT;
        private @Nullable BackendFactory<Hypervisor> hypervisor;
        private @Nullable BackendFactory<VolumeBackend> volumes;
        private @Nullable BackendFactory<Network> network;
        private final List<ImageSource> imageSources = new ArrayList<>();
        private @Nullable Path agentRuntime;
        private UnaryOperator<StateStore> storeThrough = UnaryOperator.identity();

        private Builder() {}

        /**
         * Where everything lasting is kept: on a local file system, made if it is not there. If not called: the
         * environment's {@code MINIONS_DATA_DIR}, else {@code /var/lib/minions} for root and
         * {@code $XDG_DATA_HOME/minions} for others.
         */
        public Builder dataDirectory(Path directory) {
            dataDirectory = Objects.requireNonNull(directory, "directory");
            return this;
        }

        /** Whose names are meant; {@link ProjectName#DEFAULT} if not called. */
        public Builder project(ProjectName name) {
            project = Objects.requireNonNull(name, "name");
            return this;
        }

        /** What runs VMs; the best installed one that works here if not called. */
        public Builder hypervisor(BackendFactory<Hypervisor> factory) {
            hypervisor = Objects.requireNonNull(factory, "factory");
            return this;
        }

        /** What makes their disks; {@link DirectoryVolumes} if not called. */
        public Builder volumes(BackendFactory<VolumeBackend> factory) {
            volumes = Objects.requireNonNull(factory, "factory");
            return this;
        }

        /** What connects them; the best installed one that works here if not called. */
        public Builder network(BackendFactory<Network> factory) {
            network = Objects.requireNonNull(factory, "factory");
            return this;
        }

        /** One more source of images, asked before those the engine has itself. */
        public Builder imageSource(ImageSource source) {
            imageSources.add(Objects.requireNonNull(source, "source"));
            return this;
        }

        /**
         * The guest agent's runtime that images are built with: the artifact {@code minions-agent} with the classifier
         * {@code runtime}. If not called, {@code MINIONS_AGENT_RUNTIME} or the one beside the program is used; without
         * one, images can be imported and not built.
         */
        public Builder agentRuntime(Path archive) {
            agentRuntime = Objects.requireNonNull(archive, "archive");
            return this;
        }

        /**
         * Puts something between the engine and its store, for who watches each of its changes: a program that counts
         * them, or one that tests what is left when it dies in one.
         *
         * @param watching given the store, returns what the engine uses in its place; closing that closes the store
         */
        public Builder storeThrough(UnaryOperator<StateStore> watching) {
            storeThrough = Objects.requireNonNull(watching, "watching");
            return this;
        }

        /**
         * Opens the data directory and the backends.
         *
         * @throws MinionsException {@code NO_FITTING_BACKENDS}, {@code FOREIGN_DATABASE}, {@code NEWER_DATABASE},
         *     {@code CORRUPT_DATABASE}, {@code MISSING_DATABASE}, {@code FOREIGN_INSTALLATION}; nothing has changed
         */
        public LocalMinions build() {
            return build(choice());
        }

        /**
         * The same for who only wants to look: where there is no data directory, none is made.
         *
         * @return empty if the data directory is missing or empty
         */
        public Optional<LocalMinions> buildIfPresent() {
            return Installation.isThere(directory()) ? Optional.of(build()) : Optional.empty();
        }

        /**
         * What {@link LocalMinions#diagnose} would say, also where {@link #build} refuses: then it says why. Where
         * there is no data directory, none is made.
         */
        public HostReport diagnose() {
            BackendChoice choice = choice();
            if (!Installation.isThere(directory())) {
                return Home.diagnoseAbsent(directory(), choice, imageSources, runtime());
            }
            try (LocalMinions minions = build(choice)) {
                return minions.diagnose();
            } catch (MinionsException e) {
                List<Finding> findings = new ArrayList<>();
                findings.add(Home.refusal(e));
                findings.addAll(choice.findings(Optional.empty()));
                return new HostReport(List.of(), findings);
            }
        }

        /**
         * Makes known again the VMs and images that lie in the data directory and that its database does not know, as
         * after the loss of the database: then a new one is made. Opens no backend and starts nothing. What cannot be
         * made known is left as it is and reported. To be called when nothing has the data directory open.
         *
         * @throws MinionsException {@code STORE_ERROR} if something has it open; {@code CORRUPT_DATABASE},
         *     {@code NEWER_DATABASE} or {@code FOREIGN_DATABASE} if there is a database that cannot be used, which is
         *     first to be moved away
         */
        public RecoveryReport recover() {
            return Rescue.recover(directory());
        }

        /**
         * Binds a data directory that was copied, moved or came with a cloned host to this host and its present path,
         * under a new identity. A copy forgets the processes of its original; one that was moved must have none. To be
         * called when nothing has the data directory open.
         *
         * @return its real path
         * @throws MinionsException {@code PATH_NOT_FOUND} if it is no data directory; {@code STORE_ERROR} if something
         *     has it open; {@code WRONG_STATE} if a VM of it runs
         */
        public Path adopt() {
            return Rescue.adopt(directory());
        }

        /**
         * Whom backends of the data directory work for, for what sets a host up for them; the directory is made if it
         * is not there.
         *
         * @throws MinionsException {@code FOREIGN_INSTALLATION} if it belongs to another machine or another path
         */
        public BackendContext context() {
            Installation installation = Installation.open(directory(), HostFacts.ofThisHost());
            return new BackendContext(installation.id(), installation.dataDirectory(), installation.socketDirectory());
        }

        /** The same, unless there is no data directory: then nothing is made. */
        public Optional<BackendContext> contextIfPresent() {
            return Installation.isThere(directory()) ? Optional.of(context()) : Optional.empty();
        }

        private Path directory() {
            return dataDirectory != null ? dataDirectory : Defaults.dataDirectory();
        }

        private BackendChoice choice() {
            BackendCatalog catalog = BackendCatalog.installed();
            return new BackendChoice(
                    hypervisor != null ? List.of(hypervisor) : Defaults.hypervisors(catalog),
                    List.of(volumes != null ? volumes : DirectoryVolumes.inDataDirectory()),
                    network != null ? List.of(network) : Defaults.networks(catalog));
        }

        private @Nullable Path runtime() {
            return agentRuntime != null ? agentRuntime : Defaults.agentRuntime().orElse(null);
        }

        private LocalMinions build(BackendChoice choice) {
            return new LocalMinions(
                    Home.open(directory(), choice, imageSources, runtime(), storeThrough), project, true);
        }
    }
}
