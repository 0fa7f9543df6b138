package dev.minions.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.ByteSize;
import dev.minions.ImageRef;
import dev.minions.Minions;
import dev.minions.ProgressListener;
import dev.minions.VmId;
import dev.minions.VmSpec;
import dev.minions.VmState;
import dev.minions.core.EngineMinions;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.BackendContext;
import dev.minions.spi.ImageRecord;
import dev.minions.spi.OperationRecord;
import dev.minions.spi.OperationRecord.Entry;
import dev.minions.spi.SnapshotRecord;
import dev.minions.spi.StateView;
import dev.minions.spi.VmRecord;
import dev.minions.testkit.fake.FakeAgent;
import dev.minions.testkit.fake.FakeGuest;
import dev.minions.testkit.fake.FakeHost;
import dev.minions.testkit.fake.FakeHypervisor;
import dev.minions.testkit.fake.FakeNetwork;
import dev.minions.testkit.fake.FakeVolumes;
import dev.minions.testkit.fake.InMemoryStateStore;
import dev.minions.testkit.kill.Change;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A fake host with an image on it, on which any number of engines can be opened, each a process of its own. */
final class TestHost {
    static final String IMAGE = "sha256:" + "ab".repeat(32);
    private static final ByteSize IMAGE_SIZE = ByteSize.mib(64);

    final FakeHost host = new FakeHost();
    private Predicate<VmRecord> shutDown = vm -> false;
    final InstantAgents.Heard heard = new InstantAgents.Heard();
    private final Set<String> heldLocks = ConcurrentHashMap.newKeySet();
    private final Path root;
    private final BootImage image;

    TestHost(Path directory) {
        host.guests(guest());
        try {
            root = Files.createDirectories(directory.resolve("data"));
            Path files = Files.createDirectories(directory.resolve("image"));
            image = new BootImage(
                    ImageRef.of(IMAGE),
                    Files.write(files.resolve("disk"), new byte[4096]),
                    IMAGE_SIZE,
                    Optional.of(Files.write(files.resolve("kernel"), new byte[1])),
                    Optional.empty(),
                    "root=/dev/vda");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        InMemoryStateStore.on(host).<Boolean>write(transaction -> {
            transaction.putImage(imageRecord(IMAGE_SIZE));
            return true;
        });
    }

    static VmSpec spec(String name) {
        return VmSpec.builder(name, "debian")
                .memory(ByteSize.mib(128))
                .disk(ByteSize.mib(128))
                .build();
    }

    /** A guest that {@link InstantAgents} can tell to be up. */
    static FakeGuest guest() {
        return FakeGuest.wellBehaved().withAgent(FakeAgent.echoing());
    }

    /** What agents do that are asked to power their guest off; of the engines that are opened from now on. */
    void agentsShuttingDown(Predicate<VmRecord> action) {
        shutDown = action;
    }

    /** An engine in a process of its own. */
    Engine engine() {
        return engine(host.anotherProcess());
    }

    Engine engine(FakeHost process) {
        DataDirectory directory = new DataDirectory(root, root.resolve("run"));
        BackendContext context = new BackendContext("0123456789ab", directory.root(), directory.sockets());
        InMemoryStateStore store = InMemoryStateStore.on(process);
        Backends backends = new Backends(
                FakeHypervisor.on(process).open(context),
                FakeVolumes.on(process).open(context),
                FakeNetwork.on(process).open(context));
        return new Engine(
                directory,
                backends,
                store,
                new FakeInstances(process, store, heldLocks),
                library(image),
                (vm, snapshots) -> manifest(vm, snapshots).getBytes(StandardCharsets.UTF_8),
                recovery -> new InstantAgents(heard, shutDown));
    }

    /** The same as programs see it. */
    Minions minions(FakeHost process) {
        InMemoryStateStore store = InMemoryStateStore.on(process);
        return EngineMinions.of(engine(process), root, store, new FakeInstances(process, store, heldLocks));
    }

    /** What changes are made with here. */
    Change.Guests guests() {
        return new TestGuests(vm -> volume(vm, "root"));
    }

    /** What a store knows of the image {@link #IMAGE}. */
    static ImageRecord imageRecord(ByteSize size) {
        return new ImageRecord(
                ImageRef.of(IMAGE),
                Set.of("debian"),
                Optional.empty(),
                "debian 12",
                "x86_64",
                size,
                "root=/dev/vda",
                true,
                false,
                Optional.empty(),
                Map.of(),
                Instant.EPOCH);
    }

    static BootImage.Library library(BootImage image) {
        return new BootImage.Library() {
            @Override
            public BootImage resolve(String doing, ImageRef ref, ProgressListener progress) {
                if (!ref.value().equals("debian")) {
                    throw new MinionsException(ErrorCode.IMAGE_NOT_FOUND, doing + ": image '" + ref + "' is unknown");
                }
                return image;
            }

            @Override
            public BootImage get(String digest) {
                return image;
            }

            @Override
            public void onHost(Entry entry) {
                throw new AssertionError("no image is worked on here");
            }
        };
    }

    private static String manifest(VmRecord vm, List<SnapshotRecord> snapshots) {
        return vm.name() + " "
                + snapshots.stream().map(snapshot -> snapshot.name().value()).toList();
    }

    /** A VM's manifest: its name, and those of its snapshots. */
    String manifest(VmId vm) {
        try {
            return Files.readString(root.resolve("vms").resolve(vm.toString()).resolve("manifest.json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What lies where volumes lie, by the names the fake gives it. */
    Path volume(VmId vm, String role) {
        return root.resolve("volumes").resolve(vm + "-" + role);
    }

    /** The VMs the store knows. */
    List<VmRecord> vms() {
        return InMemoryStateStore.on(host).read(view -> view.vms(Optional.empty()));
    }

    /** Asserts that everything on the host belongs to a VM that is known, and that no operation is unfinished. */
    void requireNothingLeaked() {
        List<VmId> known = vms().stream().map(VmRecord::id).toList();
        List<VmId> withProcess = vms().stream()
                .filter(vm -> vm.state().hasProcess())
                .map(VmRecord::id)
                .toList();
        List<OperationRecord> open = InMemoryStateStore.on(host).read(StateView::openOperations);
        assertThat(open).isEmpty();
        assertThat(host.running()).isSubsetOf(withProcess);
        assertThat(host.connected()).isSubsetOf(withProcess);
        vms().stream()
                .filter(vm -> vm.state() == VmState.RUNNING && host.running().contains(vm.id()))
                .forEach(this::requireMachineAsRecorded);
        assertThat(entries(root.resolve("vms")))
                .containsExactlyInAnyOrderElementsOf(
                        known.stream().map(VmId::toString).toList());
        assertThat(entries(root.resolve("volumes"))).containsExactlyInAnyOrderElementsOf(volumes());
        assertThat(entries(root.resolve("run")))
                .isSubsetOf(withProcess.stream().map(VmId::shortForm).toList());
    }

    /** Whatever was changed while it ran. */
    private void requireMachineAsRecorded(VmRecord vm) {
        List<Path> disks = new ArrayList<>();
        OwnDisks.of(vm).forEach(disk -> disks.add(volume(vm.id(), disk.role())));
        vm.spec().attached().forEach(disk -> disks.add(disk.path()));
        assertThat(host.disks(vm.id()).values()).containsExactlyInAnyOrderElementsOf(disks);
        assertThat(host.size(vm.id()))
                .isEqualTo(vm.spec().cpus() + " CPUs, " + vm.spec().memory());
    }

    /** The volumes and snapshots that there must be. */
    private List<String> volumes() {
        List<String> names = new ArrayList<>();
        for (VmRecord vm : vms()) {
            OwnDisks.of(vm).forEach(disk -> names.add(disk.toString()));
        }
        List<SnapshotRecord> snapshots = InMemoryStateStore.on(host).read(view -> view.snapshots(Optional.empty()));
        for (SnapshotRecord snapshot : snapshots) {
            snapshot.volumes().forEach(disk -> names.add(disk + "@" + snapshot.id()));
        }
        return names;
    }

    private static List<String> entries(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(directory)) {
            return children.map(child -> child.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
