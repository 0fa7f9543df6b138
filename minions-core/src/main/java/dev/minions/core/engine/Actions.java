package dev.minions.core.engine;

import dev.minions.AttachedDisk;
import dev.minions.ByteSize;
import dev.minions.VmId;
import dev.minions.VmState;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.Backend;
import dev.minions.spi.DeviceId;
import dev.minions.spi.OperationRecord.Entry;
import dev.minions.spi.StateTransaction;
import dev.minions.spi.VmPlace;
import dev.minions.spi.VmRecord;
import dev.minions.spi.VmRecord.BackendRef;
import dev.minions.spi.Vmm;
import dev.minions.spi.VolumeId;
import dev.minions.spi.VolumeSnapshots;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a journal entry can say, and how it is done. Every action is idempotent, and names things by ids that only the
 * operation's own VM has, so that it can be done at any time, by any engine that has the backend, any number of times.
 */
final class Actions {
    private static final Logger LOG = LoggerFactory.getLogger(Actions.class);
    private static final int VERSION = 1;
    private static final String IMAGES = "image.";
    private static final String REMOVE_MACHINE = "hypervisor.remove";
    private static final String PLUG = "hypervisor.plug";
    private static final String UNPLUG = "hypervisor.unplug";
    private static final String SET_CPUS = "hypervisor.cpus";
    private static final String SET_MEMORY = "hypervisor.memory";
    private static final String DETACH_NETWORK = "network.detach";
    private static final String DELETE_VOLUME = "volume.delete";
    private static final String DELETE_SNAPSHOT = "volume.snapshot.delete";
    private static final String DISCARD_RESTORE = "volume.snapshot.discard";
    private static final String REPLACE_BY_SNAPSHOT = "volume.snapshot.replace";
    private static final String WRITE_MANIFEST = "manifest.write";
    private static final String REMOVE_DIRECTORY = "directory.remove";
    private static final String FORGET_VM = "vm.forget";
    private static final String SET_STATE = "vm.state";

    private final DataDirectory directory;
    private final Backends backends;
    private final BootImage.Library images;
    private final Manifests manifests;

    Actions(DataDirectory directory, Backends backends, BootImage.Library images, Manifests manifests) {
        this.directory = directory;
        this.backends = backends;
        this.images = images;
        this.manifests = manifests;
    }

    static Entry removeMachine(VmRecord vm) {
        return entry(Optional.of(vm.hypervisor()), REMOVE_MACHINE, Map.of("cid", Long.toString(vm.cid())));
    }

    /** Gives a machine that runs a disk back. */
    static Entry plug(VmRecord vm, DeviceId device, AttachedDisk disk) {
        return onMachine(
                vm,
                PLUG,
                Map.of(
                        "device", device.value(),
                        "path", disk.path().toString(),
                        "access", disk.access().name()));
    }

    /** Takes a device from a machine that runs. */
    static Entry unplug(VmRecord vm, DeviceId device) {
        return onMachine(vm, UNPLUG, Map.of("device", device.value()));
    }

    /** Gives a machine that runs that many CPUs. */
    static Entry setCpus(VmRecord vm, int count) {
        return onMachine(vm, SET_CPUS, Map.of("count", Integer.toString(count)));
    }

    /** Gives a machine that runs that much memory. */
    static Entry setMemory(VmRecord vm, ByteSize size) {
        return onMachine(vm, SET_MEMORY, Map.of("bytes", Long.toString(size.bytes())));
    }

    private static Entry onMachine(VmRecord vm, String action, Map<String, String> more) {
        Map<String, String> arguments = new LinkedHashMap<>(more);
        arguments.put("cid", Long.toString(vm.cid()));
        return entry(Optional.of(vm.hypervisor()), action, arguments);
    }

    static Entry detachNetwork(VmRecord vm) {
        return entry(Optional.of(vm.nic()), DETACH_NETWORK, Map.of("cid", Long.toString(vm.cid())));
    }

    static Entry deleteVolume(VmRecord vm, VolumeId volume) {
        return entry(Optional.of(vm.volumes()), DELETE_VOLUME, Map.of("role", volume.role()));
    }

    static Entry deleteSnapshot(VmRecord vm, VolumeId volume, String snapshot) {
        return snapshot(vm, DELETE_SNAPSHOT, volume, snapshot);
    }

    /** Takes back what was made ready for {@link #replaceBySnapshot}. */
    static Entry discardRestore(VmRecord vm, VolumeId volume, String snapshot) {
        return snapshot(vm, DISCARD_RESTORE, volume, snapshot);
    }

    /** Puts in the volume's place what was made ready. */
    static Entry replaceBySnapshot(VmRecord vm, VolumeId volume, String snapshot) {
        return snapshot(vm, REPLACE_BY_SNAPSHOT, volume, snapshot);
    }

    private static Entry snapshot(VmRecord vm, String action, VolumeId volume, String snapshot) {
        return entry(Optional.of(vm.volumes()), action, Map.of("role", volume.role(), "snapshot", snapshot));
    }

    /** Writes the manifest as the store then has the VM. */
    static Entry writeManifest() {
        return entry(Optional.empty(), WRITE_MANIFEST, Map.of());
    }

    static Entry removeDirectory(VmRecord vm) {
        return entry(Optional.empty(), REMOVE_DIRECTORY, Map.of("cid", Long.toString(vm.cid())));
    }

    static Entry forgetVm() {
        return entry(Optional.empty(), FORGET_VM, Map.of());
    }

    static Entry setState(VmState state, VmState desired) {
        return entry(Optional.empty(), SET_STATE, Map.of("state", state.name(), "desired", desired.name()));
    }

    private static Entry entry(Optional<BackendRef> backend, String action, Map<String, String> arguments) {
        return new Entry(backend, action, VERSION, arguments);
    }

    /** Does what the entry says to the host; nothing for what it says to the store. */
    void onHost(VmId vm, Entry entry) {
        if (entry.action().startsWith(IMAGES)) {
            images.onHost(entry);
            return;
        }
        if (entry.version() > VERSION) {
            throw new MinionsException(
                    ErrorCode.NOT_SUPPORTED,
                    "journal entry '" + entry.action() + "' of vm " + vm + " has version " + entry.version()
                            + ", this program knows " + VERSION + "; recover it with a newer one");
        }
        switch (entry.action()) {
            case REMOVE_MACHINE -> {
                need(entry, backends.hypervisor());
                backends.hypervisor().remove(place(vm, entry));
            }
            case PLUG, UNPLUG, SET_CPUS, SET_MEMORY -> onRunning(vm, entry);
            case DETACH_NETWORK -> {
                need(entry, backends.network());
                backends.network().detach(place(vm, entry));
            }
            case DELETE_VOLUME -> {
                need(entry, backends.volumes());
                backends.volumes().delete(new VolumeId(vm, argument(entry, "role")));
            }
            case DELETE_SNAPSHOT, DISCARD_RESTORE, REPLACE_BY_SNAPSHOT -> onSnapshot(vm, entry);
            case WRITE_MANIFEST -> manifests.write(vm);
            case REMOVE_DIRECTORY -> DataDirectory.remove(place(vm, entry));
            case FORGET_VM, SET_STATE -> {} // belongs to the transaction that ends the operation
            default ->
                throw new MinionsException(
                        ErrorCode.NOT_SUPPORTED,
                        "journal entry '" + entry.action() + "' of vm " + vm
                                + " is unknown to this program; recover it with a newer one");
        }
    }

    /**
     * Makes a machine what it was, if it runs. One whose guest is in the way of that is left as it is, since nobody could
     * change the VM any more until the guest gives in: what a machine has besides what is recorded ends with it.
     */
    private void onRunning(VmId vm, Entry entry) {
        need(entry, backends.hypervisor());
        Optional<Vmm> found = backends.hypervisor().find(place(vm, entry));
        if (found.isEmpty()) {
            return;
        }
        try (Vmm vmm = found.get()) {
            if (vmm.pid().isPresent()) {
                change(vmm, entry);
            }
        } catch (MinionsException e) {
            if (e.code() == ErrorCode.CALL_INTERRUPTED) {
                throw e;
            }
            LOG.warn("the machine of vm {} keeps what it should not until it is stopped: {}", vm, e.getMessage());
        }
    }

    private static void change(Vmm vmm, Entry entry) {
        switch (entry.action()) {
            case PLUG -> {
                AttachedDisk.Access access = AttachedDisk.Access.valueOf(argument(entry, "access"));
                AttachedDisk disk = new AttachedDisk(Path.of(argument(entry, "path")), access);
                vmm.hotPlug().ifPresent(plug -> plug.addDisk(device(entry), AttachedDisks.machine(disk)));
            }
            case UNPLUG -> vmm.hotPlug().ifPresent(plug -> plug.remove(device(entry), LiveChanges.RELEASE_LIMIT));
            case SET_CPUS -> {
                int count = Integer.parseInt(argument(entry, "count"));
                vmm.sizing().ifPresent(sizing -> sizing.resizeCpus(count));
            }
            default -> {
                ByteSize size = ByteSize.bytes(Long.parseLong(argument(entry, "bytes")));
                vmm.sizing().ifPresent(sizing -> sizing.resizeMemory(size));
            }
        }
    }

    private static DeviceId device(Entry entry) {
        return DeviceId.of(argument(entry, "device"));
    }

    private void onSnapshot(VmId vm, Entry entry) {
        need(entry, backends.volumes());
        VolumeSnapshots snapshots = backends.volumes()
                .snapshots()
                .orElseThrow(() -> new MinionsException(
                        ErrorCode.NOT_SUPPORTED, "'" + entry.action() + "' needs volumes that have snapshots"));
        VolumeId volume = new VolumeId(vm, argument(entry, "role"));
        String snapshot = argument(entry, "snapshot");
        switch (entry.action()) {
            case DISCARD_RESTORE -> snapshots.discard(volume, snapshot);
            case REPLACE_BY_SNAPSHOT -> snapshots.replace(volume, snapshot);
            default -> snapshots.delete(volume, snapshot);
        }
    }

    /** Does what the entry says to the store; nothing for what it says to the host. */
    static void inStore(StateTransaction transaction, VmId vm, Entry entry) {
        switch (entry.action()) {
            case FORGET_VM -> transaction.removeVm(vm);
            case SET_STATE -> transaction.vm(vm).ifPresent(record -> transaction.updateVm(changed(record, entry)));
            default -> {} // onHost has done it
        }
    }

    private static VmRecord changed(VmRecord vm, Entry entry) {
        VmState state = VmState.valueOf(argument(entry, "state"));
        VmState desired = VmState.valueOf(argument(entry, "desired"));
        boolean running = state == VmState.RUNNING;
        return vm.in(state, desired, Optional.empty(), running ? vm.startedAt() : Optional.empty());
    }

    private void need(Entry entry, Backend backend) {
        BackendRef wanted = entry.backend().orElseThrow();
        if (!backends.is(backend, wanted)) {
            throw new MinionsException(
                    ErrorCode.BACKEND_MISSING,
                    "'" + entry.action() + "' needs backend " + wanted + ", this engine has " + BackendRef.of(backend));
        }
    }

    private VmPlace place(VmId vm, Entry entry) {
        return directory.place(vm, Long.parseLong(argument(entry, "cid")));
    }

    private static String argument(Entry entry, String name) {
        String value = entry.arguments().get(name);
        if (value == null) {
            throw new MinionsException(
                    ErrorCode.STORE_ERROR, "journal entry '" + entry.action() + "' lacks its argument '" + name + "'");
        }
        return value;
    }
}
