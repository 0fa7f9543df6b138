package dev.minions.spi;

import dev.minions.ByteSize;
import dev.minions.ProgressListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes disks. The engine chooses the ids; the backend remembers nothing that it cannot read back from the host, so a
 * restarted process finds what an earlier one made. What is returned is durable: it outlasts a loss of power. Passes
 * {@code VolumeBackendContract}.
 */
public interface VolumeBackend extends Backend {
    /** The formats its volumes may have; a hypervisor must take all of them. */
    Set<DiskFormat> formats();

    /**
     * Makes a volume with an image's content, copy-on-write where the backend can. If the volume is there already with
     * that size it is returned as it is. It appears whole or not at all.
     *
     * @param id its identity
     * @param base the image to begin with
     * @param size its size, at least the image's
     * @param progress hears of it where it takes time
     * @throws dev.minions.error.MinionsException {@code NO_SPACE} with what is needed and what is there;
     *     {@code WRONG_STATE} if it exists with another size
     * @throws IllegalArgumentException if the size is below the image's
     */
    Volume clone(VolumeId id, BaseImage base, ByteSize size, ProgressListener progress);

    /**
     * Makes an empty volume, or returns it as it is if it is there with that size.
     *
     * @throws dev.minions.error.MinionsException as {@link #clone}
     */
    Volume create(VolumeId id, ByteSize size);

    /** Reads the host, not a cache. */
    Optional<Volume> find(VolumeId id);

    /** Every volume of this installation that is on the host, known to a database or not. */
    List<Volume> list();

    /**
     * Makes a volume larger. Its VM is stopped; or the volume is raw, and the VMM that has it open is told after it.
     *
     * @throws dev.minions.error.MinionsException {@code NO_SPACE}; {@code NOT_SUPPORTED} if it would become
     *     smaller; {@code PATH_NOT_FOUND} if there is none
     */
    Volume grow(VolumeId id, ByteSize size);

    /** Removes a volume with its snapshots, and all of a half-made one. An absent volume is success. */
    void delete(VolumeId id);

    /** Snapshots, if this backend has them: absent rather than throwing. */
    default Optional<VolumeSnapshots> snapshots() {
        return Optional.empty();
    }

    /**
     * An image as a backend sees it.
     *
     * @param digest the 64 hexadecimal digits of its content's digest; a backend may keep a copy under that name
     * @param disk a raw file that never changes
     * @param size its size
     */
    record BaseImage(String digest, Path disk, ByteSize size) {}
}
