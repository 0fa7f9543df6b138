package dev.minions.core.engine;

import dev.minions.ByteSize;
import dev.minions.CreateOptions;
import dev.minions.OperationId;
import dev.minions.ProjectName;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.VmSpec;
import dev.minions.VmState;
import dev.minions.core.engine.Journal.Opening;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.event.Event;
import dev.minions.spi.AddressPlan;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.spi.Network;
import dev.minions.spi.NicKind;
import dev.minions.spi.OperationRecord.Entry;
import dev.minions.spi.OperationRecord.Phase;
import dev.minions.spi.StateStore;
import dev.minions.spi.StateTransaction;
import dev.minions.spi.VmPlace;
import dev.minions.spi.VmRecord;
import dev.minions.spi.VmRecord.BackendRef;
import dev.minions.spi.Volume;
import dev.minions.spi.VolumeBackend.BaseImage;
import dev.minions.spi.VolumeId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Makes VMs.
 *
 * <p>The transaction that opens the operation reserves everything that must be unique: name, CID, address, ports. What
 * follows makes things under the ids of this VM alone, so that undoing can meet nothing of another's.
 */
final class Creation {
    private static final int NAME_TRIES = 20;

    private final DataDirectory directory;
    private final Backends backends;
    private final StateStore store;
    private final Journal journal;
    private final BootImage.Library images;
    private final Boot boot;
    private final Manifests manifests;
    private final Instances instances;

    Creation(
            DataDirectory directory,
            Backends backends,
            StateStore store,
            Journal journal,
            BootImage.Library images,
            Boot boot,
            Manifests manifests,
            Instances instances) {
        this.directory = directory;
        this.backends = backends;
        this.store = store;
        this.journal = journal;
        this.images = images;
        this.boot = boot;
        this.manifests = manifests;
        this.instances = instances;
    }

    /** Makes a VM, and starts it unless the options say otherwise; returns its id. */
    VmId create(ProjectName project, VmSpec spec, CreateOptions options, Lifetime lifetime) {
        Optional<VmRecord> sameKey = sameKey(project, spec);
        if (sameKey.isPresent()) {
            return sameKey.get().id();
        }
        requirePossible(spec, options);
        // A build of the image that is interrupted undoes itself.
        BootImage image =
                Interruption.before(called(spec), () -> images.resolve(called(spec), spec.image(), options.progress()));
        requireRoom(spec, image);
        VmId id = VmId.random();
        OperationId operation = OperationId.random();
        return journal.run(
                "create",
                operation,
                options.progress(),
                transaction ->
                        reserve(transaction, id, project, spec, image.digest().value(), lifetime),
                running -> {
                    VmRecord vm = store.read(view -> VmLookup.require(view, id));
                    List<Volume> disks = makeDisks(running, vm, image);
                    if (options.isStopped()) {
                        running.finish(transaction -> created(transaction, vm, running.id()));
                    } else {
                        start(running, vm, disks, options);
                    }
                    return id;
                });
    }

    private Optional<VmRecord> sameKey(ProjectName project, VmSpec spec) {
        Optional<VmRecord> vm = spec.idempotencyKey().flatMap(key -> store.read(view -> view.vmByKey(project, key)));
        vm.ifPresent(present -> {
            VmSpec asked = spec.name().isPresent()
                    ? spec
                    : spec.toBuilder().name(present.name()).build();
            if (!present.spec().equals(asked)) {
                throw new MinionsException(
                        ErrorCode.IDEMPOTENCY_MISMATCH,
                        "create vm: idempotency key '" + spec.idempotencyKey().orElse("") + "' was used for vm '"
                                + present.name() + "' with another spec; use a new key for another VM");
            }
        });
        return vm;
    }

    private void requirePossible(VmSpec spec, CreateOptions options) {
        String what = called(spec);
        int mostCpus = backends.hypervisor().traits().maxCpus();
        if (spec.cpus() > mostCpus) {
            throw new MinionsException(
                    ErrorCode.NOT_SUPPORTED,
                    what + ": " + spec.cpus() + " CPUs asked, "
                            + backends.hypervisor().description() + " takes at most " + mostCpus + " on this host");
        }
        if (!spec.publish().isEmpty() && backends.network().kind() == NicKind.NONE) {
            throw new MinionsException(
                    ErrorCode.NOT_SUPPORTED,
                    what + ": ports cannot be published, as network '"
                            + backends.network().id() + "' gives a VM no card; choose another network");
        }
        if (!spec.allowFrom().isEmpty()) {
            requireFeature(what, "others cannot be let in", Network.Feature.ALLOW_FROM);
        }
        if (spec.bandwidth().isPresent()) {
            requireFeature(what, "bandwidth cannot be limited", Network.Feature.BANDWIDTH);
        }
        spec.kernel().ifPresent(file -> requireFile(what, "kernel", file));
        spec.initrd().ifPresent(file -> requireFile(what, "initramfs", file));
        spec.attached().forEach(disk -> requireDisk(what, disk.path()));
        if (options.isStopped()) {
            HostMemory.requireEver(what, spec.memory());
        } else {
            HostMemory.requireNow(what, spec.memory());
        }
    }

    private void requireFeature(String what, String cannot, Network.Feature feature) {
        Network network = backends.network();
        if (!network.features().contains(feature)) {
            throw new MinionsException(
                    ErrorCode.NOT_SUPPORTED,
                    what + ": " + cannot + " on network '" + network.id() + "'; use network 'bridge'");
        }
    }

    static String called(VmSpec spec) {
        return "create vm" + spec.name().map(name -> " '" + name + "'").orElse("");
    }

    private static void requireFile(String what, String role, Path file) {
        if (!Files.isRegularFile(file)) {
            throw new MinionsException(
                    ErrorCode.PATH_NOT_FOUND, what + ": " + role + " '" + file + "' is not a file on this host");
        }
    }

    static void requireDisk(String what, Path disk) {
        if (!Files.exists(disk) || Files.isDirectory(disk)) {
            throw new MinionsException(
                    ErrorCode.PATH_NOT_FOUND,
                    what + ": attached disk '" + disk + "' is neither a file nor a device of this host");
        }
    }

    private static void requireRoom(VmSpec spec, BootImage image) {
        ByteSize least = image.size();
        if (spec.disk().compareTo(least) < 0) {
            throw new IllegalArgumentException("a disk of " + spec.disk() + " cannot hold image '" + spec.image()
                    + "', which has " + least + "; ask for at least that");
        }
    }

    /** Reserves what a new VM must have alone, and says what undoes its making. */
    Opening reserve(
            StateTransaction transaction,
            VmId id,
            ProjectName project,
            VmSpec spec,
            String imageDigest,
            Lifetime lifetime) {
        VmName name = spec.name().orElseGet(() -> freeName(transaction, project));
        AddressPlan plan = backends.network().addresses();
        boolean connected = backends.network().kind() != NicKind.NONE;
        boolean ephemeral = lifetime == Lifetime.EPHEMERAL;
        VmRecord vm = new VmRecord(
                id,
                project,
                name,
                spec.toBuilder().name(name).build(),
                imageDigest,
                VmState.CREATING,
                VmState.STOPPED,
                Optional.empty(),
                lifetime,
                ephemeral ? Optional.of(instances.current()) : Optional.empty(),
                transaction.freeCid(),
                plan.network(),
                connected ? OptionalLong.of(transaction.freeAddress(plan)) : OptionalLong.empty(),
                BackendRef.of(backends.hypervisor()),
                BackendRef.of(backends.volumes()),
                BackendRef.of(backends.network()),
                Instant.now(),
                Optional.empty());
        transaction.addVm(vm);
        List<Entry> undo = new ArrayList<>(List.of(Actions.forgetVm(), Actions.removeDirectory(vm)));
        OwnDisks.of(vm).forEach(disk -> undo.add(Actions.deleteVolume(vm, disk)));
        undo.add(Actions.detachNetwork(vm));
        undo.add(Actions.removeMachine(vm));
        return new Opening(vm, Phase.UNDO, undo, List.of());
    }

    private static VmName freeName(StateTransaction transaction, ProjectName project) {
        for (int i = 0; i < NAME_TRIES; i++) {
            VmName name = Names.random();
            if (transaction.vm(project, name).isEmpty()) {
                return name;
            }
        }
        throw new MinionsException(
                ErrorCode.NO_ADDRESS, "create vm: no free name was found in " + NAME_TRIES + " tries; give one");
    }

    private List<Volume> makeDisks(Operation running, VmRecord vm, BootImage image) throws InterruptedException {
        VmPlace place = directory.place(vm.id(), vm.cid());
        running.begin("make directory");
        DataDirectory.make(place);
        manifests.write(vm.id());
        running.begin("clone disk");
        String digest = image.digest().value().substring("sha256:".length());
        BaseImage base = new BaseImage(digest, image.disk(), image.size());
        List<Volume> disks = new ArrayList<>();
        disks.add(
                backends.volumes().clone(VolumeId.root(vm.id()), base, vm.spec().disk(), running));
        vm.spec().data().ifPresent(size -> disks.add(backends.volumes().create(VolumeId.data(vm.id()), size)));
        return disks;
    }

    private void start(Operation running, VmRecord vm, List<Volume> disks, CreateOptions options)
            throws InterruptedException {
        Duration limit =
                options.bootTimeout().orElse(backends.hypervisor().traits().bootLimit());
        try {
            boot.run(running, vm, disks, limit);
        } catch (MinionsException failure) {
            if (!options.isKeptOnFailure() || failure.code() == ErrorCode.CANCELLED) {
                throw failure;
            }
            keep(running, vm, failure);
            throw failure;
        }
        running.finish(transaction -> {
            created(transaction, vm, running.id());
            transaction.updateVm(vm.in(VmState.RUNNING, VmState.RUNNING, Optional.empty(), Optional.of(Instant.now())));
            transaction.addEvent(vm.project(), vm.id(), Event.Type.STARTED, Optional.of(running.id()), "");
        });
    }

    static void created(StateTransaction transaction, VmRecord vm, OperationId operation) {
        transaction.updateVm(vm.in(VmState.STOPPED, VmState.STOPPED, Optional.empty(), Optional.empty()));
        transaction.addEvent(
                vm.project(),
                vm.id(),
                Event.Type.CREATED,
                Optional.of(operation),
                vm.name().value());
    }

    private void keep(Operation running, VmRecord vm, MinionsException failure) {
        VmPlace place = directory.place(vm.id(), vm.cid());
        backends.hypervisor().remove(place);
        backends.network().detach(place);
        String reason = failure.getMessage().lines().findFirst().orElse("it did not come up");
        running.finish(transaction -> {
            created(transaction, vm, running.id());
            transaction.updateVm(vm.in(VmState.FAILED, VmState.STOPPED, Optional.of(reason), Optional.empty()));
            transaction.addEvent(vm.project(), vm.id(), Event.Type.FAILED, Optional.of(running.id()), reason);
        });
    }
}
