package dev.minions.core.engine;

import dev.minions.VmId;
import dev.minions.VmState;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.Backend;
import dev.minions.spi.OperationRecord.Entry;
import dev.minions.spi.StateTransaction;
import dev.minions.spi.VmPlace;
import dev.minions.spi.VmRecord;
import dev.minions.spi.VmRecord.BackendRef;
import dev.minions.spi.VolumeId;
import dev.minions.spi.VolumeSnapshots;
import java.util.Map;
import java.util.Optional;

/**
 * What a journal entry can say, and how it is done. Every action is idempotent, and names things by ids that only the
 * operation's own VM has, so that it can be done at any time, by any engine that has the backend, any number of times.
 */
final class Actions {
    private static final int VERSION = 1;
    private static final String IMAGES = "image.";
    private static final String REMOVE_MACHINE = "hypervisor.remove";
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
