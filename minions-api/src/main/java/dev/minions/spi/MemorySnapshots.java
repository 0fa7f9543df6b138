package dev.minions.spi;

import java.nio.file.Path;

/**
 * Keeps what a machine's memory, CPUs and devices held at a moment, and starts machines that go on from there. Disks are
 * not in it: whoever wants both keeps the disks while the machine is paused.
 *
 * <p>A restored guest does not know that time has passed: it has the connections, the identity and the random state of
 * the moment it was saved. To renew those is the engine's affair, and so is to restore a machine only on disks as they
 * were then. A snapshot is for the same version of the hypervisor on the same kind of CPU.
 */
public interface MemorySnapshots {
    /**
     * Writes a paused machine's memory to a directory. The machine stays paused.
     *
     * @param machine where the machine is that runs and is paused
     * @param directory made by this call, in a directory that exists, below {@code machine.records()}; may hold as much
     *     as the machine's memory
     * @throws dev.minions.error.MinionsException {@code WRONG_STATE} if it is not paused, or the
     *     directory exists; {@code HYPERVISOR_ERROR} otherwise. What was written by then is removed
     */
    void save(VmPlace machine, Path directory);

    /**
     * Starts a VMM with that memory, as {@link Hypervisor#start} starts one, and leaves the machine paused.
     *
     * @param machine what the saved machine was, down to the number and order of disks and cards; its place, paths, MAC
     *     addresses and name may be others. Kernel, initramfs and command line are those of the saved one
     * @param directory what {@link #save} wrote; stays as it is for as long as the machine runs, which may read its
     *     memory from there little by little
     * @throws dev.minions.error.MinionsException {@code HYPERVISOR_ERROR} as for a start
     */
    Vmm restore(MachineSpec machine, Path directory);
}
