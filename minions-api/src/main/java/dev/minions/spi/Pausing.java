package dev.minions.spi;

/** Stops a machine's virtual CPUs and lets them go on. Its VMM, disks and network stay. Any thread; calls block. */
public interface Pausing {
    /** Whether it stands still. Asks the VMM. */
    boolean isPaused();

    /** Stops it. One that is paused is success. */
    void pause();

    /** Lets it go on. One that runs is success. */
    void resume();
}
