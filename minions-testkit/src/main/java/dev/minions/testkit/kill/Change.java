package dev.minions.testkit.kill;

import dev.minions.AttachedDisk;
import dev.minions.ByteSize;
import dev.minions.ChangeOptions;
import dev.minions.CopyOptions;
import dev.minions.CreateOptions;
import dev.minions.DestroyOptions;
import dev.minions.Minions;
import dev.minions.Resize;
import dev.minions.SnapshotName;
import dev.minions.SnapshotOptions;
import dev.minions.StartOptions;
import dev.minions.StopOptions;
import dev.minions.Vm;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.VmSpec;
import dev.minions.VmState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A change of a VM that a program can be killed in, with what must be there before it and what is there after it. */
public enum Change {
    /** Makes a VM and starts it. */
    CREATE(null, VmState.RUNNING, (minions, guests) -> minions.create(guests.spec(Change.NAME), guests.creating())),
    /** Makes a VM. */
    CREATE_STOPPED(
            null,
            VmState.STOPPED,
            (minions, guests) ->
                    minions.create(guests.spec(Change.NAME), guests.creating().stopped())),
    /** Makes a VM that ends with its program. */
    LAUNCH(null, null, (minions, guests) -> minions.launch(guests.spec(Change.NAME), guests.creating())),
    /** Starts a VM. */
    START(VmState.STOPPED, VmState.RUNNING, (minions, guests) -> vm(minions).start(guests.starting())),
    /** Stops a VM. */
    STOP(VmState.RUNNING, VmState.STOPPED, (minions, guests) -> vm(minions).stop(guests.stopping())),
    /** Destroys a VM that runs. */
    DESTROY(VmState.RUNNING, null, Change::destroy),
    /** Destroys a VM that does not run. */
    DESTROY_STOPPED(VmState.STOPPED, null, Change::destroy),
    /** Destroys a VM that has a snapshot. */
    DESTROY_WITH_SNAPSHOT(VmState.STOPPED, null, Change::destroy, Change::snapshot),
    /** Takes a snapshot. */
    SNAPSHOT(VmState.STOPPED, VmState.STOPPED, Change::snapshot),
    /** Takes a snapshot while the guest runs. */
    SNAPSHOT_RUNNING(VmState.RUNNING, VmState.RUNNING, Change::snapshot),
    /** Restores a snapshot from before the disk became larger and had something else on it. */
    RESTORE(VmState.STOPPED, VmState.STOPPED, Change::restore, (minions, guests) -> {
        snapshot(minions, guests);
        resize(minions, guests);
        guests.mark(vm(minions).id(), "later");
    }),
    /** Removes a snapshot. */
    DELETE_SNAPSHOT(VmState.STOPPED, VmState.STOPPED, Change::deleteSnapshot, Change::snapshot),
    /** Removes a snapshot of a VM that runs. */
    DELETE_SNAPSHOT_RUNNING(VmState.RUNNING, VmState.RUNNING, Change::deleteSnapshot, Change::snapshot),
    /** Copies a VM. */
    COPY(VmState.STOPPED, VmState.STOPPED, Change::copy),
    /** Copies a VM that runs. */
    COPY_RUNNING(VmState.RUNNING, VmState.RUNNING, Change::copy),
    /** Gives a VM another name. */
    RENAME(VmState.STOPPED, VmState.STOPPED, Change::rename),
    /** Gives a VM that runs another name. */
    RENAME_RUNNING(VmState.RUNNING, VmState.RUNNING, Change::rename),
    /** Makes a VM larger, and its disk. */
    RESIZE(VmState.STOPPED, VmState.STOPPED, Change::resize),
    /** Gives a VM a disk of the host. */
    ATTACH(VmState.STOPPED, VmState.STOPPED, Change::attach),
    /** Takes it back. */
    DETACH(VmState.STOPPED, VmState.STOPPED, Change::detach, Change::attach),
    /** Gives a VM that runs a disk of the host. */
    ATTACH_RUNNING(VmState.RUNNING, VmState.RUNNING, Change::attach),
    /** Takes it back. */
    DETACH_RUNNING(VmState.RUNNING, VmState.RUNNING, Change::detach, Change::nothing, Change::attach),
    /** Takes a disk of the host from a VM that was started with it. */
    DETACH_STARTED_WITH(VmState.RUNNING, VmState.RUNNING, Change::detach, Change::attach),
    /** Makes a VM that runs larger, and its disks. */
    RESIZE_RUNNING(VmState.RUNNING, VmState.RUNNING, Change::resizeRunning);

    /** What the VM is called that is changed; a new name begins with it too. */
    public static final String NAME = "web";

    private static final SnapshotName CLEAN = SnapshotName.of("clean");
    private static final ByteSize DATA = ByteSize.mib(4);
    private static final ByteSize GROWTH = ByteSize.mib(32);

    private final Optional<VmState> before;
    private final Optional<VmState> after;

    @SuppressWarnings("ImmutableEnumChecker") // none of them captures anything
    private final Work work;

    @SuppressWarnings("ImmutableEnumChecker")
    private final Work preparation;

    @SuppressWarnings("ImmutableEnumChecker")
    private final Work preparationOnceStarted;

    Change(@Nullable VmState before, @Nullable VmState after, Work work) {
        this(before, after, work, Change::nothing);
    }

    Change(@Nullable VmState before, @Nullable VmState after, Work work, Work preparation) {
        this(before, after, work, preparation, Change::nothing);
    }

    Change(
            @Nullable VmState before,
            @Nullable VmState after,
            Work work,
            Work preparation,
            Work preparationOnceStarted) {
        this.before = Optional.ofNullable(before);
        this.after = Optional.ofNullable(after);
        this.work = work;
        this.preparation = preparation;
        this.preparationOnceStarted = preparationOnceStarted;
    }

    /** Something that is done with VMs. */
    @FunctionalInterface
    private interface Work {
        void on(Minions minions, Guests guests);
    }

    /** What VMs are made of, on the host that they are made on. */
    public interface Guests {
        /** A VM of that name, as small as the host has them. */
        VmSpec spec(String name);

        /** How long a guest may take to its first answer, and to its end. */
        Duration patience();

        /** Writes that mark to the root disk of a VM that does not run, where neither guest nor file system mind. */
        void mark(VmId vm, String mark);

        /** What a VM can be given while it runs, beside larger disks; nothing where the hypervisor has nothing to give. */
        default Resize larger() {
            return Resize.none();
        }

        /** A file or device of the host that can be a VM's disk. */
        default Path hostDisk() {
            return Path.of("/dev/null");
        }

        /** How VMs are made. */
        default CreateOptions creating() {
            return CreateOptions.defaults().bootTimeout(patience());
        }

        /** How they are started. */
        default StartOptions starting() {
            return StartOptions.defaults().bootTimeout(patience());
        }

        /** How they are stopped. */
        default StopOptions stopping() {
            return StopOptions.defaults().grace(patience());
        }
    }

    /** Makes what must be there before it. */
    public final void prepare(Minions minions, Guests guests) {
        before.ifPresent(state -> {
            VmSpec spec = guests.spec(NAME).toBuilder().data(DATA).build();
            Vm vm = minions.create(spec, guests.creating().stopped());
            guests.mark(vm.id(), "first");
            preparation.on(minions, guests);
            if (state == VmState.RUNNING) {
                vm.start(guests.starting());
                preparationOnceStarted.on(minions, guests);
            }
        });
    }

    /** Makes the change. */
    public void apply(Minions minions, Guests guests) {
        work.on(minions, guests);
    }

    /** The state of the VM before it; empty if there is none. */
    public Optional<VmState> before() {
        return before;
    }

    /** The state of the VM after it; empty if there is none, or none once the program has ended. */
    public Optional<VmState> after() {
        return after;
    }

    /** The states that the VM may be in when the change was killed and recovered: that of before, and that of after. */
    public Set<VmState> states() {
        Set<VmState> states = EnumSet.noneOf(VmState.class);
        before.ifPresent(states::add);
        after.ifPresent(states::add);
        return states;
    }

    /** Whether the VM may be gone then. */
    public boolean mayLeaveNothing() {
        return before.isEmpty() || after.isEmpty();
    }

    private static Vm vm(Minions minions) {
        return minions.get(NAME);
    }

    private static void nothing(Minions minions, Guests guests) {}

    private static void destroy(Minions minions, Guests guests) {
        vm(minions).destroy(DestroyOptions.defaults());
    }

    private static void copy(Minions minions, Guests guests) {
        minions.copy(NAME, CopyOptions.defaults().name(VmName.of("twin")));
    }

    private static void rename(Minions minions, Guests guests) {
        vm(minions).rename(VmName.of(NAME + "2"), ChangeOptions.defaults());
    }

    private static void deleteSnapshot(Minions minions, Guests guests) {
        vm(minions).snapshots().delete(CLEAN, SnapshotOptions.defaults());
    }

    private static void snapshot(Minions minions, Guests guests) {
        vm(minions).snapshots().create(SnapshotOptions.defaults().name(CLEAN));
    }

    private static void restore(Minions minions, Guests guests) {
        vm(minions).snapshots().restore(CLEAN, SnapshotOptions.defaults());
    }

    private static void resize(Minions minions, Guests guests) {
        vm(minions).resize(Resize.none().cpus(1).disk(grown(guests)), ChangeOptions.defaults());
    }

    private static void resizeRunning(Minions minions, Guests guests) {
        Resize larger = guests.larger().disk(grown(guests)).data(DATA.plus(DATA));
        vm(minions).resize(larger, ChangeOptions.defaults());
    }

    private static ByteSize grown(Guests guests) {
        return guests.spec(NAME).disk().plus(GROWTH);
    }

    private static void attach(Minions minions, Guests guests) {
        vm(minions).attach(AttachedDisk.readOnly(guests.hostDisk()), ChangeOptions.defaults());
    }

    private static void detach(Minions minions, Guests guests) {
        vm(minions).detach(guests.hostDisk(), ChangeOptions.defaults());
    }
}
