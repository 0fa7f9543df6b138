package dev.minions.core.engine;

import dev.minions.VmId;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.VmPlace;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Where an installation keeps what, and the only place that knows it.
 *
 * @param root the data directory
 * @param sockets the directory for sockets, chosen once for this data directory
 */
public record DataDirectory(Path root, Path sockets) {
    /** Every VM's own directory, by id. */
    public Path vms() {
        return root.resolve("vms");
    }

    /** Images, by digest. */
    public Path images() {
        return root.resolve("images");
    }

    /** What can be fetched or made again. */
    public Path cache() {
        return root.resolve("cache");
    }

    /** A VM's place. The directory of its sockets is called after the random tail of its id, as its path must be short. */
    public VmPlace place(VmId vm, long cid) {
        return new VmPlace(vm, cid, vms().resolve(vm.toString()), sockets.resolve(vm.shortForm()));
    }

    /** Makes a VM's directory, which may be there. */
    static void make(VmPlace place) {
        try {
            Files.createDirectories(place.records());
        } catch (IOException e) {
            throw new MinionsException(
                    ErrorCode.IO_ERROR, "make directory '" + place.records() + "': " + e.getMessage(), e);
        }
    }

    /** Removes a VM's directories with all that is in them. A link is removed and not followed; absence is success. */
    static void remove(VmPlace place) {
        removeTree(place.run());
        removeTree(place.records());
    }

    private static void removeTree(Path top) {
        try {
            Files.walkFileTree(top, new Remover());
        } catch (NoSuchFileException gone) {
            return;
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "remove directory '" + top + "': " + e.getMessage(), e);
        }
    }

    private static final class Remover extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
