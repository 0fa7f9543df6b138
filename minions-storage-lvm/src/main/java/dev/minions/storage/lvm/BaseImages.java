package dev.minions.storage.lvm;

import dev.minions.ByteSize;
import dev.minions.ProgressListener;
import dev.minions.error.ErrorCode;
import dev.minions.error.LeftoverException;
import dev.minions.error.MinionsException;
import dev.minions.spi.VolumeBackend.BaseImage;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The copies of images in the pool, which clones are snapshots of: read-only, never active, one for each size that was
 * asked for. A clone is one command of LVM for that; growing each clone would take three.
 *
 * <p>A copy that is being made has a name of its own, and the process that makes it among its tags; it gets its final
 * name last. What a dead process left is removed by the next that makes one. Two processes may copy the same image at
 * once: the first to give it the name wins, and the other removes its own.
 */
final class BaseImages {
    private final Pool pool;
    private final Names names;
    private final Maker maker = Maker.thisProcess();
    private final ReentrantLock turn = new ReentrantLock();

    BaseImages(Pool pool) {
        this.pool = pool;
        this.names = pool.names();
    }

    /** What a clone of that size is a snapshot of, there or not. */
    String name(BaseImage image, ByteSize size) {
        return names.image(image, size);
    }

    /** Makes that, unless it is there. */
    void prepare(String operation, BaseImage image, ByteSize size, ProgressListener progress) {
        try {
            turn.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MinionsException(ErrorCode.CALL_INTERRUPTED, operation + ": interrupted", e);
        }
        try {
            pool.claim();
            List<LogicalVolume> there = pool.volumes();
            pool.remove(there.stream()
                    .filter(volume -> isLeft(volume) || isStale(volume, image))
                    .toList());
            if (isMissing(there, name(image, image.size()))) {
                copy(operation, image, progress);
            }
            if (isMissing(there, name(image, size)) && !name(image, size).equals(name(image, image.size()))) {
                enlarge(operation, image, size);
            }
        } finally {
            turn.unlock();
        }
    }

    private static boolean isMissing(List<LogicalVolume> there, String name) {
        return there.stream().noneMatch(volume -> volume.name().equals(name));
    }

    /** Whether it was half made by a process that has died. */
    private boolean isLeft(LogicalVolume volume) {
        return names.isHalfImage(volume)
                && Names.makerOf(volume).map(Maker::isDead).orElse(true);
    }

    /** Whether it is a copy of an image that has been removed, seen by the directories of images beside this one's. */
    private boolean isStale(LogicalVolume volume, BaseImage image) {
        Path directory = image.disk().toAbsolutePath().getParent();
        return names.isWholeImage(volume)
                && directory != null
                && directory.endsWith(image.digest())
                && Names.digestOf(volume)
                        .filter(digest -> Files.notExists(directory.resolveSibling(digest)))
                        .isPresent();
    }

    private void copy(String operation, BaseImage image, ProgressListener progress) {
        String half = names.newHalfImage();
        pool.lvm().run("lvcreate", tagged(image, "-qq", "-V", bytes(image.size()), "-T", pool.name() + "", "-n", half));
        try {
            new ImageCopy(image.disk(), pool.name().device(half))
                    .copy(progress, () -> pool.guard().requireRoom(operation));
            String volume = pool.name().volume(half);
            finish(
                    operation,
                    half,
                    name(image, image.size()),
                    List.of(
                            List.of("lvchange", "--activate", "n", volume),
                            List.of("lvchange", "--permission", "r", "--setactivationskip", "y", volume)));
        } catch (ClosedByInterruptException e) {
            throw undone(half, new MinionsException(ErrorCode.CALL_INTERRUPTED, operation + ": interrupted", e));
        } catch (IOException e) {
            throw undone(
                    half,
                    new MinionsException(
                            ErrorCode.IO_ERROR,
                            operation + ": copy image '" + image.disk() + "' into the pool: " + e,
                            e));
        } catch (RuntimeException e) {
            throw undone(half, e);
        }
    }

    private void enlarge(String operation, BaseImage image, ByteSize size) {
        String half = names.newHalfImage();
        String volume = pool.name().volume(half);
        String source = pool.name().volume(name(image, image.size()));
        Pool.Made made = pool.make(
                half,
                List.of(
                        command("lvcreate", tagged(image, "-qq", "-s", "-n", half, source)),
                        List.of("lvextend", "-qq", "-L", bytes(size), volume)));
        LogicalVolume copy = made.orFail(operation);
        if (!copy.size().equals(copy.rounded(size))) {
            throw undone(
                    half,
                    new MinionsException(ErrorCode.COMMAND_FAILED, operation + ": LVM says: " + made.complaint()));
        }
        finish(operation, half, name(image, size), List.of(List.of("lvchange", "--permission", "r", volume)));
    }

    /** Gives a whole copy its name. Where another process was first, its copy is as good. */
    private void finish(String operation, String half, String name, List<List<String>> commands) {
        List<List<String>> all = new ArrayList<>(commands);
        all.add(List.of("lvrename", "-qq", pool.name().volumeGroup(), half, name));
        Pool.Made made = pool.make(name, all);
        made.orFail(operation);
        if (!made.complaint().isEmpty()) {
            pool.remove(pool.volumes().stream()
                    .filter(volume -> volume.name().equals(half))
                    .toList());
        }
    }

    /** Removes a copy that will never be whole; the failure, with what is left if that fails too. */
    private RuntimeException undone(String half, RuntimeException failure) {
        String volume = pool.name().volume(half);
        try {
            pool.lvm().run("lvremove", "-qq", "--force", "--yes", volume);
        } catch (MinionsException e) {
            failure.addSuppressed(new LeftoverException("logical volume " + volume, e));
        }
        return failure;
    }

    private List<String> tagged(BaseImage image, String... arguments) {
        List<String> all = new ArrayList<>(List.of(
                "--addtag", names.ownerTag(), "--addtag", Names.imageTag(image), "--addtag", Names.makerTag(maker)));
        all.addAll(List.of(arguments));
        return all;
    }

    private static List<String> command(String verb, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(verb));
        command.addAll(arguments);
        return command;
    }

    private static String bytes(ByteSize size) {
        return Names.rounded(size).bytes() + "b";
    }
}
