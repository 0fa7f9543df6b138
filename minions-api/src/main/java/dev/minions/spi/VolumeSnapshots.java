package dev.minions.spi;

import dev.minions.ProgressListener;
import dev.minions.VmId;
import java.util.List;

/**
 * Keeps a volume's content of a moment, and gives it to other volumes. Which snapshot is of what, and its name for
 * people, the engine knows.
 *
 * <p>A guest that stands still for it does so for two seconds at most. So a method that reads a volume of a running
 * guest says when it has read all of it, and does what else is to be done after that.
 */
public interface VolumeSnapshots {
    /**
     * Keeps what the volume holds now. If a snapshot of that id is there it is left as it is. It appears whole or not at
     * all.
     *
     * @param volume the volume; its guest is stopped or its file systems are frozen
     * @param snapshot an id chosen by the engine, 12 hexadecimal digits
     * @throws dev.minions.error.MinionsException {@code NO_SPACE} with what is needed and what is there
     */
    default void create(VolumeId volume, String snapshot) {
        create(volume, snapshot, () -> {});
    }

    /**
     * As {@link #create(VolumeId, String)}.
     *
     * @param read called once, on this thread, as soon as the volume may be written to again; what it throws ends the
     *     call, and then there is no snapshot
     */
    void create(VolumeId volume, String snapshot, Runnable read);

    /**
     * Keeps what several volumes of one VM hold at the same moment: {@code read} is called once all of them may be written
     * to again, and if one cannot be kept none is. Takes them one inside the other; a backend that can take them
     * at once should, as a running guest stands still for all of it.
     *
     * @param volumes one or more
     */
    default void create(List<VolumeId> volumes, String snapshot, Runnable read) {
        List<VolumeId> others = volumes.subList(1, volumes.size());
        create(volumes.get(0), snapshot, others.isEmpty() ? read : () -> create(others, snapshot, read));
    }

    /** The ids of the volume's snapshots, the oldest first, as the host has them. */
    List<String> list(VolumeId volume);

    /**
     * Does all of a {@link #restore} that takes time or can fail for want of space, so that the {@link #replace} that
     * follows is a moment's work. The volume stays as it is. What is prepared already stays prepared.
     *
     * @throws dev.minions.error.MinionsException {@code NO_SPACE} with what is needed and what is there
     */
    void prepare(VolumeId volume, String snapshot);

    /** Takes a {@link #prepare} back. One that never was, or that was used, is success. */
    void discard(VolumeId volume, String snapshot);

    /**
     * Puts what was prepared in the volume's place, wholly or not at all. Nothing prepared is success: it has been done
     * before.
     */
    void replace(VolumeId volume, String snapshot);

    /**
     * Makes the volume hold again what it held then, wholly or not at all. The snapshot stays. The same as
     * {@link #prepare} and {@link #replace}.
     */
    Volume restore(VolumeId volume, String snapshot);

    /** Removes a snapshot. An absent one is success. */
    void delete(VolumeId volume, String snapshot);

    /**
     * Makes a volume that holds what another holds now, and has its size. If it is there already with that size it is
     * returned as it is. It appears whole or not at all.
     *
     * @param volume the other; its guest is stopped or its file systems are frozen
     * @param copy the identity of the new one
     * @param read as for {@link #create(VolumeId, String, Runnable)}
     * @param progress hears of it where it takes time
     * @throws dev.minions.error.MinionsException as {@link VolumeBackend#clone}
     */
    Volume copy(VolumeId volume, VolumeId copy, Runnable read, ProgressListener progress);

    /**
     * Makes volumes of another VM that hold what several volumes of one hold at the same moment, each in the same role;
     * otherwise as {@link #create(List, String, Runnable)}.
     *
     * @param volumes one or more
     * @param to whose the new ones are
     */
    default void copy(List<VolumeId> volumes, VmId to, Runnable read, ProgressListener progress) {
        VolumeId first = volumes.get(0);
        List<VolumeId> others = volumes.subList(1, volumes.size());
        Runnable next = others.isEmpty() ? read : () -> copy(others, to, read, progress);
        copy(first, new VolumeId(to, first.role()), next, progress);
    }
}
