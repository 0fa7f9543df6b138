package dev.minions.bench;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A directory on a file system of a certain kind: where the build is, or mounted from a file for as long as it is open. */
final class FileSystem implements AutoCloseable {
    private static final long SIZE = 12L << 30;

    private final Path directory;
    private final boolean mounted;

    private FileSystem(Path directory, boolean mounted) {
        this.directory = directory;
        this.mounted = mounted;
    }

    /**
     * One of that kind.
     *
     * @param scratch a directory for it
     * @param type as the kernel calls it
     * @param mkfs what makes it where the scratch directory is on another, and its options
     * @throws NotPossibleException if it can be neither found nor mounted
     */
    static FileSystem of(Path scratch, String type, String... mkfs)
            throws IOException, InterruptedException, NotPossibleException {
        return Files.getFileStore(scratch).type().equals(type)
                ? new FileSystem(scratch, false)
                : mount(scratch, type, mkfs);
    }

    private static FileSystem mount(Path scratch, String type, String... mkfs)
            throws InterruptedException, NotPossibleException {
        try {
            Path file = scratch.resolve("file-system");
            try (RandomAccessFile image = new RandomAccessFile(file.toFile(), "rw")) {
                image.setLength(SIZE); // sparse: it takes what is written into it
            }
            Path directory = Files.createDirectory(scratch.resolve("mounted"));
            List<String> make = new ArrayList<>(Arrays.asList(mkfs));
            make.add(file.toString());
            Programs.run(scratch, make.toArray(String[]::new));
            Programs.run(scratch, "mount", "-o", "loop", file.toString(), directory.toString());
            return new FileSystem(directory, true);
        } catch (IOException e) {
            throw new NotPossibleException("no " + type + " could be mounted here: " + e.getMessage());
        }
    }

    Path directory() {
        return directory;
    }

    /** What is in it goes with whoever gave the scratch directory. */
    @Override
    public void close() {
        if (mounted) {
            Cleanup.all(() -> Programs.run(directory.resolve(".."), "umount", directory.toString()));
        }
    }
}
