package dev.minions.spi.process;

/**
 * What a process, its launcher and all it starts may use of the host together, in a cgroup of their own. A durable
 * process is also out of reach there for whoever ends the service that started it.
 *
 * @param name the cgroup's name, unique on the host: letters, digits and hyphens
 * @param memoryBytes memory, guests' included; a process that wants more is ended by the kernel
 * @param cpuPercent time on CPUs, in hundredths of one CPU
 * @param tasks processes and threads
 * @param ioWeight share of a disk that others want too, 1 to 10000; 100 is usual
 */
public record ResourceLimits(String name, long memoryBytes, int cpuPercent, int tasks, int ioWeight) {
    private static final int HEAVIEST = 10_000;

    /** Checks the numbers. */
    public ResourceLimits {
        if (!name.matches("[a-zA-Z0-9-]{1,64}")
                || memoryBytes < 1
                || cpuPercent < 1
                || tasks < 1
                || ioWeight < 1
                || ioWeight > HEAVIEST) {
            throw new IllegalArgumentException("not limits: " + name + ", " + memoryBytes + " bytes, " + cpuPercent
                    + " %, " + tasks + " tasks, weight " + ioWeight);
        }
    }
}
