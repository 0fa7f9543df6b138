package dev.minions.spi;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Runs virtual machines, each in a process of its own that outlives whoever started it. Passes
 * {@code HypervisorContract}.
 */
public interface Hypervisor extends Backend {
    /** What it can do on this host. The same for as long as it is open. */
    Traits traits();

    /**
     * Starts the VMM and returns when its process runs and its disks are locked; the guest boots on.
     *
     * <p>Before: {@code machine.place().records()} exists and belongs to the engine; no VMM of that VM runs. The
     * implementation makes {@code place.run()}, gives it and the disks to the user the VMM runs as, and writes what
     * {@link #find} needs below {@code place.records()}. On failure nothing of it runs; files may be left for
     * {@link #remove}.
     *
     * @throws dev.minions.error.MinionsException {@code HYPERVISOR_ERROR} with the last lines of what the VMM wrote
     */
    Vmm start(MachineSpec machine);

    /**
     * Attaches to a VMM that any process started.
     *
     * @return empty if there is none, or it has ended and nothing is known of how
     */
    Optional<Vmm> find(VmPlace place);

    /**
     * Kills the VMM if it runs, waits until it is dead, and then removes all that was made for it in
     * {@code place.run()} and {@code place.records()}, except the console log and the VMM's error output, following no
     * link. A VM that was never started is success.
     */
    void remove(VmPlace place);

    /** Keeps the memory of machines, if this hypervisor can: absent rather than throwing. */
    default Optional<MemorySnapshots> memorySnapshots() {
        return Optional.empty();
    }

    /**
     * The files that hold what a guest wrote to its console, running or not, the oldest first and the one that is
     * written to last; some may not exist. They are in one directory.
     */
    List<Path> consoleFiles(VmPlace place);

    /**
     * What a hypervisor can do here.
     *
     * @param nics the kinds of card it takes
     * @param disks the formats it takes
     * @param bootLimit how long a guest may take to its first answer unless told otherwise
     * @param maxCpus the most virtual CPUs of one VM
     * @param emulated whether the guest's instructions are emulated in software
     */
    record Traits(Set<NicKind> nics, Set<DiskFormat> disks, Duration bootLimit, int maxCpus, boolean emulated) {
        /** Copies the sets. */
        public Traits {
            nics = Set.copyOf(nics);
            disks = Set.copyOf(disks);
        }
    }
}
