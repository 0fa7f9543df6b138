package dev.minions.spi;

import dev.minions.ByteSize;

/** Gives a machine other CPUs and other memory while it runs. Any thread; calls block and honour interruption. */
public interface Sizing {
    /** How far this machine can go, which was decided when it was started. */
    Bounds bounds();

    /**
     * Gives it so many virtual CPUs in all. The guest brings them up, or down, by itself.
     *
     * @param count 1 to {@link Bounds#maxCpus}
     * @throws dev.minions.error.MinionsException {@code HYPERVISOR_ERROR} if it cannot have them, or gives others up at
     *     this moment
     */
    void resizeCpus(int count);

    /**
     * Gives it so much memory in all. Taking memory back needs the guest's help, and may end short of the wish.
     *
     * @param size what it was started with, up to {@link Bounds#maxMemory}
     * @throws dev.minions.error.MinionsException {@code HYPERVISOR_ERROR} if it cannot have that; the message names the
     *     multiple that the hypervisor wants
     */
    void resizeMemory(ByteSize size);

    /**
     * How far a machine can go while it runs.
     *
     * @param maxCpus the most virtual CPUs
     * @param maxMemory the most memory
     */
    record Bounds(int maxCpus, ByteSize maxMemory) {}
}
