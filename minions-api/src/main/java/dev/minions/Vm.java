package dev.minions;

import java.nio.file.Path;

/**
 * A VM that lives until it is destroyed. A handle: it holds an id and no state, costs nothing, and may be used from
 * any thread. Letting go of it does nothing to the VM.
 *
 * <p>Calls block until what they ask for has happened; every one has a limit, except commands in the guest that were given none. Interrupting the calling thread ends a
 * call with {@link dev.minions.error.ErrorCode#CALL_INTERRUPTED}, and what had begun is undone. Changes of one VM
 * happen one after the other, in any number of processes; commands, logs and status wait for none of them. Every
 * method fails with {@link dev.minions.error.ErrorCode#VM_NOT_FOUND} once the VM is destroyed.
 */
public interface Vm {
    /** The VM's identity. */
    VmId id();

    /** What it is now: read from the store and from the host, never from memory. */
    VmInfo info();

    /** Starts it with {@link StartOptions#defaults}. */
    default void start() {
        start(StartOptions.defaults());
    }

    /**
     * Starts a VM that is {@link VmState#STOPPED} or {@link VmState#FAILED} and returns when its agent answers. A VM
     * that is running is left as it is. If the guest does not answer in time it is stopped again, and the message ends
     * in the last lines of its console.
     *
     * @throws dev.minions.error.MinionsException {@code BOOT_TIMEOUT}; {@code WRONG_STATE} in another state;
     *     {@code NO_MEMORY}, {@code PORT_IN_USE} if the host cannot have it run; {@code VM_BUSY} if another change of it
     *     does not end; {@code HYPERVISOR_ERROR} with the hypervisor's words
     */
    void start(StartOptions options);

    /** Stops it with {@link StopOptions#defaults}. */
    default StopResult stop() {
        return stop(StopOptions.defaults());
    }

    /**
     * Stops it: asks the agent, then presses the power button, and kills it when {@link StopOptions#grace} has passed.
     * Address, disk and everything else stay.
     *
     * @return how it came to stop; of one that is stopped already, that
     * @throws dev.minions.error.MinionsException {@code VM_BUSY} if another change of it does not end
     */
    StopResult stop(StopOptions options);

    /** The snapshots of its disks. */
    Snapshots snapshots();

    /** Renames it with {@link ChangeOptions#defaults}. */
    default void rename(VmName name) {
        rename(name, ChangeOptions.defaults());
    }

    /**
     * Gives it another name, in any state. Its id, its addresses and every path stay. The guest of a running VM is told;
     * one that does not answer learns its name at the next start.
     *
     * @throws dev.minions.error.MinionsException {@code VM_EXISTS} if another VM of the project has the name
     */
    void rename(VmName name, ChangeOptions options);

    /** Resizes it with {@link ChangeOptions#defaults}. */
    default void resize(Resize wanted) {
        resize(wanted, ChangeOptions.defaults());
    }

    /**
     * Changes the size of a VM that is {@link VmState#STOPPED} or {@link VmState#FAILED}, or of one that is
     * {@link VmState#RUNNING} where its hypervisor can. Disks only grow, and so does all of a VM that runs. The guest's root
     * file system grows with its disk, at once or, if the guest does not answer, at its next start.
     *
     * @throws dev.minions.error.MinionsException {@code WRONG_STATE} if it runs and cannot have that size before it is
     *     stopped; {@code NOT_SUPPORTED} if a disk would become smaller, or the hypervisor has not so many CPUs;
     *     {@code NO_SPACE}; {@code NO_MEMORY}; {@code HYPERVISOR_ERROR}
     * @throws IllegalArgumentException if a VM cannot have that size
     */
    void resize(Resize wanted, ChangeOptions options);

    /** Attaches a disk with {@link ChangeOptions#defaults}. */
    default void attach(AttachedDisk disk) {
        attach(disk, ChangeOptions.defaults());
    }

    /**
     * Gives a VM that is {@link VmState#STOPPED} or {@link VmState#FAILED}, or {@link VmState#RUNNING} where its hypervisor
     * can, one more disk of this host, the last of the guest's disks. One that it has already with the same access is
     * success.
     *
     * @throws dev.minions.error.MinionsException {@code WRONG_STATE} if it runs and its hypervisor cannot, or it has the
     *     disk with another access; {@code PATH_NOT_FOUND} if the disk is not there; {@code HYPERVISOR_ERROR} if a machine
     *     that runs does not take it, as when another VM has it
     */
    void attach(AttachedDisk disk, ChangeOptions options);

    /** Detaches a disk with {@link ChangeOptions#defaults}. */
    default void detach(Path disk) {
        detach(disk, ChangeOptions.defaults());
    }

    /**
     * Takes a disk of this host from a VM that is {@link VmState#STOPPED} or {@link VmState#FAILED}, or
     * {@link VmState#RUNNING} where its hypervisor can. What it holds stays as it is. The guest of a VM that runs is waited
     * for, 30 seconds at most, until it has let go of the disk: what is mounted there it does not write back by itself.
     *
     * @throws dev.minions.error.MinionsException {@code WRONG_STATE} if it runs and its hypervisor cannot;
     *     {@code PATH_NOT_FOUND} if it has no such disk; {@code HYPERVISOR_ERROR} if the guest holds on to it
     */
    void detach(Path disk, ChangeOptions options);

    /** Destroys it with {@link DestroyOptions#defaults}. */
    default void destroy() {
        destroy(DestroyOptions.defaults());
    }

    /**
     * Removes the VM, running or not, with its disks, their snapshots and all that was made for it. Does not wait for an operation under
     * way but cancels it.
     */
    void destroy(DestroyOptions options);

    /**
     * Runs a program in the guest and returns its end and its output.
     *
     * @see #exec(Command)
     */
    default ExecResult exec(String program, String... arguments) {
        return exec(Command.of(program, arguments));
    }

    /**
     * Runs a command in the guest and returns its end and its output. The first 16 MiB of each output are kept, the
     * rest is read and dropped, and {@link ExecResult#truncated} says so. Interrupting the caller ends the command.
     *
     * @throws dev.minions.error.MinionsException {@code WRONG_STATE} if the VM is not running, {@code NO_LANE} if all
     *     connections to its agent are in use, {@code GUEST_COMMAND_NOT_FOUND} or {@code GUEST_COMMAND_NOT_EXECUTABLE}
     *     if the guest cannot run it
     */
    ExecResult exec(Command command);

    /**
     * Begins a command in the guest and returns while it runs.
     *
     * @throws dev.minions.error.MinionsException as {@link #exec(Command)}
     */
    GuestProcess start(Command command);

    /** What the agent says of the guest now. */
    GuestStatus status();

    /** What the guest wrote to its console, also after it has stopped. */
    ConsoleLog console();
}
