package dev.minions.core.engine;

import dev.minions.AttachedDisk;
import dev.minions.CallOptions;
import dev.minions.ChangeOptions;
import dev.minions.Command;
import dev.minions.ConsoleLog;
import dev.minions.CopyOptions;
import dev.minions.CreateOptions;
import dev.minions.DestroyOptions;
import dev.minions.ExecResult;
import dev.minions.GuestProcess;
import dev.minions.GuestStatus;
import dev.minions.ProgressListener;
import dev.minions.ProjectName;
import dev.minions.Resize;
import dev.minions.SnapshotInfo;
import dev.minions.SnapshotName;
import dev.minions.SnapshotOptions;
import dev.minions.StartOptions;
import dev.minions.StopOptions;
import dev.minions.StopResult;
import dev.minions.VmId;
import dev.minions.VmInfo;
import dev.minions.VmName;
import dev.minions.VmSpec;
import dev.minions.VmState;
import dev.minions.core.engine.GuestAgents.Link;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.event.Event;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.spi.OperationRecord;
import dev.minions.spi.SnapshotRecord;
import dev.minions.spi.StateStore;
import dev.minions.spi.VmRecord;
import dev.minions.spi.Vmm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that can be done with VMs on one data directory, put together from the parts that do it. Any thread. */
public final class Engine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final Duration REACH_LIMIT = Duration.ofSeconds(30);
    private static final Duration STATUS_LIMIT = Duration.ofSeconds(30);

    private final Backends backends;
    private final StateStore store;
    private final Instances instances;
    private final Journal journal;
    private final Recovery recovery;
    private final Turns turns;
    private final Observer observer;
    private final GuestAgents agents;
    private final Creation creation;
    private final Power power;
    private final Removal removal;
    private final Snapshotting snapshotting;
    private final Copying copying;
    private final Redefinition redefinition;
    private final DeathWatch watch;
    private final Set<VmId> ephemeral = ConcurrentHashMap.newKeySet();

    /**
     * Puts an engine together; it owns what it is given, and closes it.
     *
     * @param directory where things are
     * @param backends what runs, stores and connects VMs
     * @param store what is known
     * @param instances who else is there
     * @param images where images come from
     * @param manifestFormat a VM and its snapshots as JSON
     */
    public Engine(
            DataDirectory directory,
            Backends backends,
            StateStore store,
            Instances instances,
            BootImage.Library images,
            BiFunction<VmRecord, List<SnapshotRecord>, byte[]> manifestFormat) {
        this(
                directory,
                backends,
                store,
                instances,
                images,
                manifestFormat,
                recovery -> new AgentLinks(store, instances, recovery::recover));
    }

    Engine(
            DataDirectory directory,
            Backends backends,
            StateStore store,
            Instances instances,
            BootImage.Library images,
            BiFunction<VmRecord, List<SnapshotRecord>, byte[]> manifestFormat,
            Function<Recovery, GuestAgents> agents) {
        this.backends = backends;
        this.store = store;
        this.instances = instances;
        this.observer = new Observer(directory, backends, this::isDead);
        Manifests manifests = new Manifests(directory, store, manifestFormat);
        this.journal = new Journal(store, new Actions(directory, backends, images, manifests), instances);
        this.removal = new Removal(backends, store, journal, observer);
        this.recovery = new Recovery(store, instances, journal, vm -> removal.remove(vm.id(), ProgressListener.NONE));
        this.turns = new Turns(store, recovery);
        this.agents = agents.apply(recovery);
        Boot boot = new Boot(directory, backends, images, this.agents);
        Function<VmRecord, Optional<Vmm>> finder = vm -> backends.hypervisor().find(observer.place(vm));
        this.power = new Power(backends, store, journal, observer, boot, new Shutdown(finder, this.agents));
        this.creation = new Creation(directory, backends, store, journal, images, boot, manifests, instances);
        Stillness stillness = new Stillness(power, this.agents);
        this.snapshotting = new Snapshotting(backends, store, journal, power, stillness);
        this.copying = new Copying(directory, backends, store, journal, power, creation, manifests, stillness);
        this.redefinition = new Redefinition(backends, store, journal, power, this.agents);
        this.watch = new DeathWatch(finder, id -> power.settled(id, "watch"));
    }

    /** The backends. */
    public Backends backends() {
        return backends;
    }

    private boolean isDead(String instance) {
        Optional<Instances.Takeover> takeover = instances.takeOver(instance);
        takeover.ifPresent(Instances.Takeover::close);
        return takeover.isPresent();
    }

    /** Makes a VM. */
    public VmId create(ProjectName project, VmSpec spec, CreateOptions options, Lifetime lifetime) {
        VmId id = Interruption.named(Creation.called(spec), () -> {
            recovery.recoverAll();
            return creation.create(project, spec, options, lifetime);
        });
        if (lifetime == Lifetime.EPHEMERAL) {
            ephemeral.add(id);
        }
        if (!options.isStopped()) {
            watch.watch(store.read(view -> VmLookup.require(view, id)));
        }
        return id;
    }

    private <T> T change(String kind, VmId id, Supplier<T> change) {
        VmName name = store.read(view -> VmLookup.require(view, id).name());
        return Interruption.named(kind + " vm '" + name + "'", change);
    }

    /** The VM that is meant. */
    public Optional<VmId> find(ProjectName project, String nameOrId) {
        return new VmLookup(store).find(project, nameOrId).map(VmRecord::id);
    }

    /** All VMs of a project. */
    public List<VmInfo> list(ProjectName project) {
        record Rows(
                List<VmRecord> vms, Map<VmId, List<SnapshotRecord>> snapshots, Map<VmId, OperationRecord> operations) {}
        Rows rows = store.read(view -> new Rows(
                view.vms(Optional.of(project)),
                view.snapshots(Optional.empty()).stream().collect(Collectors.groupingBy(SnapshotRecord::vm)),
                view.openOperations().stream().collect(Collectors.toMap(OperationRecord::vm, o -> o))));
        return rows.vms().stream()
                .map(vm -> observer.info(
                        vm,
                        rows.snapshots().getOrDefault(vm.id(), List.of()),
                        Optional.ofNullable(rows.operations().get(vm.id()))))
                .toList();
    }

    /** The durable VMs of all projects that should run and do not. */
    public List<VmId> interrupted() {
        return store.read(view -> view.vms(Optional.empty())).stream()
                .filter(vm -> vm.lifetime() == Lifetime.DURABLE && vm.desired() == VmState.RUNNING)
                .filter(vm -> observer.look(vm, false).state() == VmState.FAILED)
                .map(VmRecord::id)
                .toList();
    }

    /** One VM. */
    public VmInfo info(VmId id) {
        record Rows(VmRecord vm, List<SnapshotRecord> snapshots, Optional<OperationRecord> operation) {}
        Rows rows = store.read(
                view -> new Rows(VmLookup.require(view, id), view.snapshots(Optional.of(id)), view.openOperation(id)));
        return observer.info(rows.vm(), rows.snapshots(), rows.operation());
    }

    /** Starts a VM. */
    public void start(VmId id, StartOptions options) {
        boolean started = change("start", id, () -> {
            recovery.recoverAll();
            return turns.take(id, "start", options.waitLimit(), () -> power.start(id, options));
        });
        if (started) {
            watch.watch(store.read(view -> VmLookup.require(view, id)));
        }
    }

    /** Stops a VM. */
    public StopResult stop(VmId id, StopOptions options) {
        return change("stop", id, () -> {
            recovery.recoverAll();
            return turns.take(id, "stop", options.waitLimit(), () -> power.stop(id, options));
        });
    }

    /** The snapshots of a VM, the oldest first. */
    public List<SnapshotInfo> snapshots(VmId id) {
        return snapshotting.list(id);
    }

    /** Keeps what a VM's disks hold. */
    public SnapshotInfo snapshot(VmId id, SnapshotOptions options) {
        return change("snapshot", id, () -> {
            recovery.recoverAll();
            return turns.take(id, "snapshot", options.waitLimit(), () -> snapshotting.create(id, options));
        });
    }

    /** Brings back what a VM's disks held. */
    public void restore(VmId id, SnapshotName name, SnapshotOptions options) {
        change(id, "restore", options, () -> snapshotting.restore(id, name, options));
    }

    /** Removes a snapshot. */
    public void deleteSnapshot(VmId id, SnapshotName name, SnapshotOptions options) {
        change(id, "delete snapshot", options, () -> snapshotting.delete(id, name, options));
    }

    /** Makes a VM of what another's disks hold. */
    public VmId copy(ProjectName project, VmId source, CopyOptions options) {
        return change("copy", source, () -> {
            recovery.recoverAll();
            return turns.take(source, "copy", options.waitLimit(), () -> copying.copy(project, source, options));
        });
    }

    /** Gives a VM another name. */
    public void rename(VmId id, VmName name, ChangeOptions options) {
        change(id, "rename", options, () -> redefinition.rename(id, name, options));
    }

    /** Gives a stopped VM another size. */
    public void resize(VmId id, Resize wanted, ChangeOptions options) {
        change(id, "resize", options, () -> redefinition.resize(id, wanted, options));
    }

    /** Gives a stopped VM a disk of the host. */
    public void attach(VmId id, AttachedDisk disk, ChangeOptions options) {
        change(id, "attach", options, () -> redefinition.attach(id, disk, options));
    }

    /** Takes a disk of the host from a stopped VM. */
    public void detach(VmId id, Path disk, ChangeOptions options) {
        change(id, "detach", options, () -> redefinition.detach(id, disk, options));
    }

    private void change(VmId id, String what, CallOptions<?> options, Runnable attempt) {
        this.<Boolean>change(what, id, () -> {
            recovery.recoverAll();
            return turns.take(id, what, options.waitLimit(), () -> {
                attempt.run();
                return true;
            });
        });
    }

    /** Removes a VM. */
    public void destroy(VmId id, DestroyOptions options) {
        store.releaseReserve();
        change("destroy", id, () -> {
            recovery.recoverAll();
            removal.destroy(id, options, turns);
            return true;
        });
        ephemeral.remove(id);
    }

    private Link reach(VmId id, String what) {
        VmRecord vm = store.read(view -> VmLookup.require(view, id));
        try (Vmm vmm = power.running(vm, what)) {
            return agents.reach(vm, vmm, REACH_LIMIT);
        }
    }

    /** Runs a command in a guest. */
    public ExecResult exec(VmId id, Command command) {
        try (Link link = reach(id, "run a command in")) {
            return link.exec(command);
        }
    }

    /** Begins a command in a guest; the process holds the link. */
    public GuestProcess begin(VmId id, Command command) {
        Link link = reach(id, "run a command in");
        try {
            return link.start(command);
        } catch (RuntimeException e) {
            link.close();
            throw e;
        }
    }

    /** What a guest's agent says. */
    public GuestStatus status(VmId id) {
        try (Link link = reach(id, "read the status of")) {
            return link.status(STATUS_LIMIT);
        }
    }

    /** A guest's console. */
    public ConsoleLog console(VmId id) {
        VmRecord vm = store.read(view -> VmLookup.require(view, id));
        backends.require(vm, "read the console of");
        List<Path> files = backends.hypervisor().consoleFiles(observer.place(vm));
        return new Console(files, () -> observer.look(vm, false).pid().isPresent());
    }

    /** Events after a cursor. */
    public List<Event> events(ProjectName project, long cursor, int limit) {
        return store.read(view -> view.events(Optional.of(project), cursor, limit));
    }

    /** Removes the ephemeral VMs of this engine, and lets go of everything. */
    @Override
    public void close() {
        watch.close();
        for (VmId id : Set.copyOf(ephemeral)) {
            destroyAtClose(id);
        }
        journal.close();
        agents.close();
        instances.close();
        backends.close();
        store.close();
    }

    private void destroyAtClose(VmId id) {
        try {
            removal.destroy(id, DestroyOptions.defaults(), turns);
        } catch (MinionsException e) {
            if (e.code() != ErrorCode.VM_NOT_FOUND) {
                LOG.warn("vm {} is left to the next engine: {}", id, e.getMessage());
            }
        }
    }
}
