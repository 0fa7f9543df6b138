package dev.minions.spi;

import java.util.List;

/** Keeps a volume's content of a moment. Which snapshot is of what, and its name for people, the engine knows. */
public interface VolumeSnapshots {
    /**
     * Keeps what the volume holds now. If a snapshot of that id is there it is left as it is.
     *
     * @param volume the volume; its guest is stopped or its file systems are frozen
     * @param snapshot an id chosen by the engine, 12 hexadecimal digits
     */
    void create(VolumeId volume, String snapshot);

    /** The ids of the volume's snapshots, the oldest first, as the host has them. */
    List<String> list(VolumeId volume);

    /** Makes the volume hold again what it held then, wholly or not at all. The snapshot stays. */
    Volume restore(VolumeId volume, String snapshot);

    /** Removes a snapshot. An absent one is success. */
    void delete(VolumeId volume, String snapshot);
}
