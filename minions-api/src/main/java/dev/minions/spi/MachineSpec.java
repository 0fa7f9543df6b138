package dev.minions.spi;

import dev.minions.ByteSize;
import dev.minions.VmName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A machine for a {@link Hypervisor} to start, with everything decided.
 *
 * @param place where its things are
 * @param name the VM's name now; for process titles only
 * @param cpus virtual CPUs
 * @param memory memory
 * @param kernel the kernel to boot
 * @param initrd its initramfs
 * @param kernelArguments its whole command line but for the console, which the hypervisor knows and adds
 * @param disks its disks in order; the first holds the root file system, {@code /dev/vda}
 * @param nics its network cards in order
 * @param lifetime how it relates to the process that starts it
 * @param growth how far it can grow while it runs
 */
public record MachineSpec(
        VmPlace place,
        VmName name,
        int cpus,
        ByteSize memory,
        Path kernel,
        Optional<Path> initrd,
        String kernelArguments,
        List<Disk> disks,
        List<Nic> nics,
        Lifetime lifetime,
        Growth growth) {

    /** Copies the lists. */
    public MachineSpec {
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
        if (growth.maxCpus() < cpus || growth.maxMemory().compareTo(memory) < 0) {
            throw new IllegalArgumentException("machine '" + name + "' cannot grow to less than it is: " + cpus
                    + " CPUs and " + memory + ", at most " + growth.maxCpus() + " and " + growth.maxMemory());
        }
    }

    /** A machine that keeps its size. */
    public MachineSpec(
            VmPlace place,
            VmName name,
            int cpus,
            ByteSize memory,
            Path kernel,
            Optional<Path> initrd,
            String kernelArguments,
            List<Disk> disks,
            List<Nic> nics,
            Lifetime lifetime) {
        this(
                place,
                name,
                cpus,
                memory,
                kernel,
                initrd,
                kernelArguments,
                disks,
                nics,
                lifetime,
                new Growth(cpus, memory));
    }

    /**
     * How far a machine can grow while it runs; see {@link Sizing}. A hypervisor without that pays no heed to it.
     *
     * @param maxCpus the most virtual CPUs, at least as many as it starts with
     * @param maxMemory the most memory, at least as much as it starts with
     */
    public record Growth(int maxCpus, ByteSize maxMemory) {}

    /**
     * A disk.
     *
     * @param path the file or device
     * @param format what lies in it
     * @param base what it is a copy-on-write layer on; always raw
     * @param access whether the guest may write
     */
    public record Disk(Path path, DiskFormat format, Optional<Path> base, Access access) {}

    /** Whether a guest may write to a disk. */
    public enum Access {
        /** It may not. */
        READ_ONLY,
        /** It may. */
        READ_WRITE
    }

    /** How long a VMM lives. */
    public enum Lifetime {
        /** Until it is stopped, whatever becomes of the process that started it. */
        DURABLE,
        /** At most as long as the process that started it: the host ends it within moments of that process's death. */
        EPHEMERAL
    }
}
