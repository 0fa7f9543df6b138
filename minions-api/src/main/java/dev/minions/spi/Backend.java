package dev.minions.spi;

/** What every backend has, whatever it is for. */
public interface Backend extends AutoCloseable {
    /** Its id, for example {@code qemu}. */
    BackendId id();

    /**
     * The settings that decide which things on the host it speaks of, as one canonical line without secrets, for
     * example {@code vg0/minions}; empty if there are none. The journal keeps it: an undo is done only by a backend of
     * the same id and configuration.
     */
    String configuration();

    /** What it is on this host, in a few words for people, for example {@code QEMU 7.2 in software emulation}. */
    String description();

    /** Lets go of memory, connections and files. Ends no VM and removes nothing. May be called again. */
    @Override
    void close();
}
