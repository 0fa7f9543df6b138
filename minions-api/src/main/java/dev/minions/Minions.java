package dev.minions;

import dev.minions.event.Event;
import java.util.List;
import java.util.Optional;

/**
 * A home of VMs: this process and this host, or a daemon elsewhere. What a program that runs VMs talks to.
 *
 * {@snippet :
 * try (Minions minions = LocalMinions.open()) {
 *     Vm web = minions.create(VmSpec.builder("web", "debian").memory(ByteSize.gib(1)).build());
 *     System.out.println(web.exec("uname", "-a").stdout());
 * } // the VM lives on
 * }
 *
 * <p>Any number of threads may share one, and any number of processes may have one open on the same data directory.
 * Calls block and are meant for virtual threads; interrupting the thread ends the call and undoes what it had begun.
 * The world's failures are {@link dev.minions.error.MinionsException}; misuse is {@link IllegalArgumentException}.
 */
public interface Minions extends AutoCloseable {
    /** Creates and starts a VM with {@link CreateOptions#defaults}. */
    default Vm create(VmSpec spec) {
        return create(spec, CreateOptions.defaults());
    }

    /**
     * Creates a VM that lives until it is destroyed, and starts it unless told otherwise. Returns when its agent
     * answers. If anything goes wrong, nothing of it is left. An image that is known and not there yet is built first,
     * for which the engine must know where the guest agent's runtime is.
     *
     * @throws dev.minions.error.MinionsException {@code VM_EXISTS} if the name is taken; {@code IMAGE_NOT_FOUND};
     *     {@code IMAGE_ERROR} if it cannot be built;
     *     {@code NO_MEMORY}, {@code NO_SPACE}, {@code NO_ADDRESS} if the host is full; {@code PORT_IN_USE};
     *     {@code BOOT_TIMEOUT} if the guest does not answer in time
     */
    Vm create(VmSpec spec, CreateOptions options);

    /** Launches a VM with {@link CreateOptions#defaults}. */
    default EphemeralVm launch(VmSpec spec) {
        return launch(spec, CreateOptions.defaults());
    }

    /**
     * Creates and starts a VM that lives no longer than its handle and this process.
     *
     * @throws dev.minions.error.MinionsException as {@link #create(VmSpec, CreateOptions)}
     * @throws IllegalArgumentException if the options ask for a stopped VM, or the spec has an idempotency key: neither
     *     has a meaning for a VM that this process alone owns
     */
    EphemeralVm launch(VmSpec spec, CreateOptions options);

    /** Copies a VM with {@link CopyOptions#defaults}. */
    default Vm copy(String nameOrId) {
        return copy(nameOrId, CopyOptions.defaults());
    }

    /**
     * Makes a VM whose disks hold what those of another hold now. The other is {@link VmState#STOPPED},
     * {@link VmState#FAILED} or {@link VmState#RUNNING}; a running one stands still meanwhile, as for
     * {@link Snapshots#create(SnapshotOptions)}. The copy is stopped, and is somebody else: it has an id, a name, a CID,
     * a MAC and an IP address of its own, and gets a new machine-id, new SSH host keys and its host name when it first
     * starts. It has the size, the labels, the keys and the environment of the other; not its published ports, which a
     * host has once, not its attached disks that may be written to, and not its snapshots.
     *
     * @throws dev.minions.error.MinionsException {@code VM_NOT_FOUND}; {@code VM_EXISTS} if the name is taken;
     *     {@code WRONG_STATE}, {@code NOT_SUPPORTED} and {@code NO_SPACE} as for a snapshot. Nothing of it is left then
     */
    Vm copy(String nameOrId, CopyOptions options);

    /**
     * The VM that is meant by its name, its id, or the last 6 or more digits of its id.
     *
     * @return empty if there is none
     * @throws dev.minions.error.MinionsException {@code AMBIGUOUS_ID} if the digits fit several
     */
    Optional<Vm> find(String nameOrId);

    /**
     * As {@link #find}.
     *
     * @throws dev.minions.error.MinionsException {@code VM_NOT_FOUND}, or {@code AMBIGUOUS_ID}
     */
    Vm get(String nameOrId);

    /** All VMs of the project, the oldest first. Never waits for an operation and never recovers one. */
    List<VmInfo> list();

    /**
     * The VMs of every project that should run and do not, the oldest first: the host was booted, or their VMM ended.
     * A VM whose guest powered itself off is none of them. Starts nothing.
     */
    List<Vm> interrupted();

    /** The images. */
    Images images();

    /**
     * What happened after a place in the order of events; in all projects of this view.
     *
     * @param cursor the {@link Event#cursor} of the last event already seen; 0 for all that are kept
     * @param limit how many at most, 1 to 10,000
     * @return in order; empty if nothing has happened since
     */
    List<Event> events(long cursor, int limit);

    /** A view in which names mean VMs of that project, and new VMs belong to it. Closing it closes nothing. */
    Minions project(ProjectName project);

    /** Looks at the host and says what was chosen and what would be better. Changes nothing. */
    HostReport diagnose();

    /**
     * Lets go of everything this process holds. VMs made by {@code create} live on; those made by {@code launch} are
     * destroyed. May be called again.
     */
    @Override
    void close();
}
