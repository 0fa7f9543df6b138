package dev.minions.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.ByteSize;
import dev.minions.ImageRef;
import dev.minions.Minions;
import dev.minions.Resize;
import dev.minions.StopOptions;
import dev.minions.VmId;
import dev.minions.VmSpec;
import dev.minions.VmState;
import dev.minions.core.EngineMinions;
import dev.minions.core.instance.InstanceLocks;
import dev.minions.core.store.SqliteStore;
import dev.minions.core.store.VmJson;
import dev.minions.spi.BackendContext;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.SnapshotRecord;
import dev.minions.spi.StateStore;
import dev.minions.spi.StateView;
import dev.minions.spi.VmPlace;
import dev.minions.spi.VmRecord;
import dev.minions.spi.Vmm;
import dev.minions.spi.VolumeId;
import dev.minions.spi.process.LaunchedProcess;
import dev.minions.testkit.ChildJvm;
import dev.minions.testkit.census.LeakCensus;
import dev.minions.testkit.fake.FakeHost;
import dev.minions.testkit.fake.FakeNetwork;
import dev.minions.testkit.fake.FakeVolumes;
import dev.minions.testkit.fake.KillPoint;
import dev.minions.testkit.fake.ProcessHypervisor;
import dev.minions.testkit.fake.WatchedStateStore;
import dev.minions.testkit.kill.Change;
import dev.minions.testkit.kill.DiskMark;
import dev.minions.testkit.kill.KillHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A host that outlives JVMs: SQLite, lock files, directories and processes are real, and what else there is lies in
 * files. Any number of JVMs may open engines on it.
 */
final class DiskHost implements KillHost {
    private static final ByteSize IMAGE_SIZE = ByteSize.mib(64);

    private final Path root;

    DiskHost(Path root) {
        this.root = root;
    }

    /** Makes it, with an image. */
    static DiskHost make(Path root) throws IOException {
        DiskHost host = new DiskHost(root);
        for (String directory : List.of("data", "run", "image")) {
            Files.createDirectories(root.resolve(directory));
        }
        Files.write(root.resolve("image/disk"), new byte[4096]);
        Files.write(root.resolve("image/kernel"), new byte[1]);
        try (StateStore store = host.store()) {
            store.<Boolean>write(transaction -> {
                transaction.putImage(TestHost.imageRecord(IMAGE_SIZE));
                return true;
            });
        }
        return host;
    }

    private StateStore store() {
        return SqliteStore.open(data());
    }

    private Path data() {
        return root.resolve("data");
    }

    private Path sockets() {
        return root.resolve("run");
    }

    /** A process on this host, as the fakes see it. */
    @Override
    public FakeHost process() {
        return FakeHost.in(root);
    }

    @Override
    public Minions open(FakeHost process) {
        StateStore store = WatchedStateStore.on(process, store());
        LockedInstances instances = new LockedInstances(InstanceLocks.in(data().resolve("instances")), store);
        return EngineMinions.of(engine(process, store, instances), data(), store, instances);
    }

    @Override
    public ChildJvm start(Change change, KillPoint point) {
        return ChildJvm.start(KilledProgram.class, root.toString(), change.name(), point.toString());
    }

    @Override
    public Collection<String> things() {
        try (StateStore store = store()) {
            Path library = data().resolve("lib");
            return LeakCensus.of(data(), sockets())
                    .ignoring(path -> path.startsWith(library) || isFleeting(path))
                    .counting("card", () -> process().connected())
                    .with(store)
                    .take()
                    .found();
        }
    }

    /** What a guest wrote stays when its start is undone; space held in reserve is made again when it may be. */
    private static boolean isFleeting(Path file) {
        String name = file.getFileName().toString();
        return name.equals("reserve") || name.startsWith("console.") || name.startsWith("stderr.");
    }

    @Override
    public VmSpec spec(String name) {
        return guests().spec(name);
    }

    @Override
    public Duration patience() {
        return guests().patience();
    }

    @Override
    public StopOptions stopping() {
        return guests().stopping();
    }

    @Override
    public Resize larger() {
        return guests().larger();
    }

    @Override
    public Duration calm() {
        return Duration.ofSeconds(10);
    }

    @Override
    public void mark(VmId vm, String mark) {
        guests().mark(vm, mark);
    }

    @Override
    public String markOf(VmId vm) {
        return DiskMark.read(disk(vm));
    }

    private TestGuests guests() {
        return new TestGuests(this::disk);
    }

    Path disk(VmId vm) {
        return data().resolve("volumes").resolve(VolumeId.root(vm).toString());
    }

    /** An engine of that process. */
    Engine engine(FakeHost process) {
        StateStore store = WatchedStateStore.on(process, store());
        return engine(process, store, new LockedInstances(InstanceLocks.in(data().resolve("instances")), store));
    }

    private Engine engine(FakeHost process, StateStore store, LockedInstances instances) {
        DataDirectory directory = new DataDirectory(data(), sockets());
        BackendContext context = new BackendContext("0123456789ab", directory.root(), directory.sockets());
        return new Engine(
                directory,
                new Backends(
                        ProcessHypervisor.on(process).open(context),
                        FakeVolumes.on(process).open(context),
                        FakeNetwork.on(process).open(context)),
                store,
                instances,
                TestHost.library(new BootImage(
                        ImageRef.of(TestHost.IMAGE),
                        root.resolve("image/disk"),
                        IMAGE_SIZE,
                        Optional.of(root.resolve("image/kernel")),
                        Optional.empty(),
                        "root=/dev/vda")),
                VmJson::write);
    }

    /** The VMs the store knows. */
    List<VmRecord> vms() {
        try (StateStore store = store()) {
            return store.read(view -> view.vms(Optional.empty()));
        }
    }

    /** What there is on the host, but for SQLite's library, which each JVM unpacks that finds none. */
    LeakCensus.Snapshot census() {
        Path library = data().resolve("lib");
        return LeakCensus.of(data(), sockets())
                .ignoring(path -> path.startsWith(library))
                .take();
    }

    /** Asserts that everything on the host belongs to a VM that is known, and that no operation is unfinished. */
    void requireNothingLeaked() throws IOException {
        List<VmRecord> vms = vms();
        List<String> withProcess = vms.stream()
                .filter(vm -> vm.state().hasProcess())
                .map(vm -> vm.id().toString())
                .toList();
        try (StateStore store = store()) {
            assertThat(store.read(StateView::openOperations)).isEmpty();
        }
        List<String> directories = entries(data().resolve("vms"));
        assertThat(directories)
                .containsExactlyInAnyOrderElementsOf(
                        vms.stream().map(vm -> vm.id().toString()).toList());
        assertThat(entries(data().resolve("volumes"))).containsExactlyInAnyOrderElementsOf(volumes(vms));
        assertThat(directories.stream().filter(this::runs)).isSubsetOf(withProcess);
        vms.stream()
                .filter(vm -> vm.state() == VmState.RUNNING && runs(vm.id().toString()))
                .forEach(this::requireMachineAsRecorded);
        assertThat(process().connected().stream().map(VmId::toString)).isSubsetOf(withProcess);
        assertThat(entries(sockets()).stream().filter(name -> !name.startsWith(".")))
                .isSubsetOf(vms.stream()
                        .filter(vm -> vm.state().hasProcess())
                        .map(vm -> vm.id().shortForm())
                        .toList());
    }

    /** Whatever was changed while it ran. */
    private void requireMachineAsRecorded(VmRecord vm) {
        DataDirectory directory = new DataDirectory(data(), sockets());
        BackendContext context = new BackendContext("0123456789ab", directory.root(), directory.sockets());
        List<Path> disks = new ArrayList<>();
        OwnDisks.of(vm).forEach(disk -> disks.add(data().resolve("volumes").resolve(disk.toString())));
        vm.spec().attached().forEach(disk -> disks.add(disk.path()));
        VmPlace place = directory.place(vm.id(), vm.cid());
        try (Hypervisor hypervisor = ProcessHypervisor.on(process()).open(context);
                Vmm vmm = hypervisor.find(place).orElseThrow()) {
            assertThat(vmm.hotPlug().orElseThrow().disks().values()).containsExactlyInAnyOrderElementsOf(disks);
        }
        assertThat(place.run().resolve("cpus")).hasContent("" + vm.spec().cpus());
        assertThat(place.run().resolve("memory"))
                .hasContent("" + vm.spec().memory().bytes());
    }

    /** The volumes and snapshots that there must be. */
    private List<String> volumes(List<VmRecord> vms) {
        List<String> names = new ArrayList<>();
        vms.forEach(vm -> OwnDisks.of(vm).forEach(disk -> names.add(disk.toString())));
        try (StateStore store = store()) {
            for (SnapshotRecord snapshot : store.read(view -> view.snapshots(Optional.empty()))) {
                snapshot.volumes().forEach(disk -> names.add(disk + "@" + snapshot.id()));
            }
        }
        return names;
    }

    private boolean runs(String vm) {
        return Salvage.processes(data().resolve("vms").resolve(vm)).anyMatch(LaunchedProcess::isAlive);
    }

    private static List<String> entries(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(directory)) {
            return children.map(child -> child.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }
}
