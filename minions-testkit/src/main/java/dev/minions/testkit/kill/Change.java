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
    CREATE(null, VmState.RUNNING) {
        @Override
        public void apply(Minions minions, Guests guests) {
            minions.create(guests.spec(NAME), guests.creating());
        }
    },
    /** Makes a VM. */
    CREATE_STOPPED(null, VmState.STOPPED) {
        @Override
        public void apply(Minions minions, Guests guests) {
            minions.create(guests.spec(NAME), guests.creating().stopped());
        }
    },
    /** Makes a VM that ends with its program. */
    LAUNCH(null, null) {
        @Override
        public void apply(Minions minions, Guests guests) {
            minions.launch(guests.spec(NAME), guests.creating());
        }
    },
    /** Starts a VM. */
    START(VmState.STOPPED, VmState.RUNNING) {
        @Override
        public void apply(Minions minions, Guests guests) {
            vm(minions).start(guests.starting());
        }
    },
    /** Stops a VM. */
    STOP(VmState.RUNNING, VmState.STOPPED) {
        @Override
        public void apply(Minions minions, Guests guests) {
            vm(minions).stop(guests.stopping());
        }
    },
    /** Destroys a VM that runs. */
    DESTROY(VmState.RUNNING, null) {
        @Override
        public void apply(Minions minions, Guests guests) {
            vm(minions).destroy(DestroyOptions.defaults());
        }
    },
    /** Destroys a VM that does not run. */
    DESTROY_STOPPED(VmState.STOPPED, null) {
        @Override
        public void apply(Minions minions, Guests guests) {
            vm(minions).destroy(DestroyOptions.defaults());
        }
    },
    /** Destroys a VM that has a snapshot. */
    DESTROY_WITH_SNAPSHOT(VmState.STOPPED, null) {
        @Override
        void prepareMore(Minions minions, Guests guests) {
            snapshot(minions);
        }

        @Override
        public void apply(Minions minions, Guests guests) {
            vm(minions).destroy(DestroyOptions.defaults());
        }
    },
    /** Takes a snapshot. */
    SNAPSHOT(VmState.STOPPED, VmState.STOPPED) {
        @Override
        public void apply(Minions minions, Guests guests) {
            snapshot(minions);
        }
    },
    /** Takes a snapshot while the guest runs. */
    SNAPSHOT_RUNNING(VmState.RUNNING, VmState.RUNNING) {
        @Override
        public void apply(Minions minions, Guests guests) {
            snapshot(minions);
        }
    },
    /** Restores a snapshot from before the disk became larger and had something else on it. */
    RESTORE(VmState.STOPPED, VmState.STOPPED) {
        @Override
        void prepareMore(Minions minions, Guests guests) {
            snapshot(minions);
            resize(minions, guests);
            guests.mark(vm(minions).id(), "later");
        }

        @Override
        public void apply(Minions minions, Guests guests) {
            vm(minions).snapshots().restore(CLEAN, SnapshotOptions.defaults());
        }
    },
    /** Removes a snapshot. */
    DELETE_SNAPSHOT(VmState.STOPPED, VmState.STOPPED) {
        @Override
        void prepareMore(Minions minions, Guests guests) {
            snapshot(minions);
        }

        @Override
        public void apply(Minions minions, Guests guests) {
            vm(minions).snapshots().delete(CLEAN, SnapshotOptions.defaults());
        }
    },
    /** Removes a snapshot of a VM that runs. */
    DELETE_SNAPSHOT_RUNNING(VmState.RUNNING, VmState.RUNNING) {
        @Override
        void prepareMore(Minions minions, Guests guests) {
            snapshot(minions);
        }

        @Override
        public void apply(Minions minions, Guests guests) {
            vm(minions).snapshots().delete(CLEAN, SnapshotOptions.defaults());
        }
    },
    /** Copies a VM. */
    COPY(VmState.STOPPED, VmState.STOPPED) {
        @Override
        public void apply(Minions minions, Guests guests) {
            minions.copy(NAME, CopyOptions.defaults().name(VmName.of("twin")));
        }
    },
    /** Copies a VM that runs. */
    COPY_RUNNING(VmState.RUNNING, VmState.RUNNING) {
        @Override
        public void apply(Minions minions, Guests guests) {
            minions.copy(NAME, CopyOptions.defaults().name(VmName.of("twin")));
        }
    },
    /** Gives a VM another name. */
    RENAME(VmState.STOPPED, VmState.STOPPED) {
        @Override
        public void apply(Minions minions, Guests guests) {
            vm(minions).rename(VmName.of(NAME + "2"), ChangeOptions.defaults());
        }
    },
    /** Gives a VM that runs another name. */
    RENAME_RUNNING(VmState.RUNNING, VmState.RUNNING) {
        @Override
        public void apply(Minions minions, Guests guests) {
            vm(minions).rename(VmName.of(NAME + "2"), ChangeOptions.defaults());
        }
    },
    /** Makes a VM larger, and its disk. */
    RESIZE(VmState.STOPPED, VmState.STOPPED) {
        @Override
        public void apply(Minions minions, Guests guests) {
            resize(minions, guests);
        }
    },
    /** Gives a VM a disk of the host. */
    ATTACH(VmState.STOPPED, VmState.STOPPED) {
        @Override
        public void apply(Minions minions, Guests guests) {
            attach(minions, guests);
        }
    },
    /** Takes it back. */
    DETACH(VmState.STOPPED, VmState.STOPPED) {
        @Override
        void prepareMore(Minions minions, Guests guests) {
            attach(minions, guests);
        }

        @Override
        public void apply(Minions minions, Guests guests) {
            detach(minions, guests);
        }
    },
    /** Gives a VM that runs a disk of the host. */
    ATTACH_RUNNING(VmState.RUNNING, VmState.RUNNING) {
        @Override
        public void apply(Minions minions, Guests guests) {
            attach(minions, guests);
        }
    },
    /** Takes it back. */
    DETACH_RUNNING(VmState.RUNNING, VmState.RUNNING) {
        @Override
        void prepareRunning(Minions minions, Guests guests) {
            attach(minions, guests);
        }

        @Override
        public void apply(Minions minions, Guests guests) {
            detach(minions, guests);
        }
    },
    /** Takes a disk of the host from a VM that was started with it. */
    DETACH_STARTED_WITH(VmState.RUNNING, VmState.RUNNING) {
        @Override
        void prepareMore(Minions minions, Guests guests) {
            attach(minions, guests);
        }

        @Override
        public void apply(Minions minions, Guests guests) {
            detach(minions, guests);
        }
    },
    /** Makes a VM that runs larger, and its disks. */
    RESIZE_RUNNING(VmState.RUNNING, VmState.RUNNING) {
        @Override
        public void apply(Minions minions, Guests guests) {
            Resize larger = guests.larger().disk(grown(guests)).data(DATA.plus(DATA));
            vm(minions).resize(larger, ChangeOptions.defaults());
        }
    };

    /** What the VM is called that is changed; a new name begins with it too. */
    public static final String NAME = "web";

    private static final SnapshotName CLEAN = SnapshotName.of("clean");
    private static final ByteSize DATA = ByteSize.mib(4);
    private static final ByteSize GROWTH = ByteSize.mib(32);

    private final Optional<VmState> before;
    private final Optional<VmState> after;

    Change(@Nullable VmState before, @Nullable VmState after) {
        this.before = Optional.ofNullable(before);
        this.after = Optional.ofNullable(after);
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
            prepareMore(minions, guests);
            if (state == VmState.RUNNING) {
                vm.start(guests.starting());
                prepareRunning(minions, guests);
            }
        });
    }

    void prepareMore(Minions minions, Guests guests) {}

    void prepareRunning(Minions minions, Guests guests) {}

    /** Makes the change. */
    public abstract void apply(Minions minions, Guests guests);

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

    private static void snapshot(Minions minions) {
        vm(minions).snapshots().create(SnapshotOptions.defaults().name(CLEAN));
    }

    private static void resize(Minions minions, Guests guests) {
        vm(minions).resize(Resize.none().cpus(1).disk(grown(guests)), ChangeOptions.defaults());
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
