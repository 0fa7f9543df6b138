package dev.minions.core.image;

import static java.nio.file.StandardOpenOption.READ;

import dev.minions.ByteSize;
import dev.minions.Progress;
import dev.minions.ProgressListener;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Copies a disk of somebody's into a raw file, without ever opening another file that it may name. */
final class DiskImport {
    private static final int SECTOR = 512;

    /** More than anybody keeps in one file here; what says it has more is rather wrong than large. */
    private static final ByteSize LARGEST = ByteSize.of(2, ByteSize.Unit.TIB);

    /** How the files begin that would be taken for raw disks and are none. */
    private static final Map<String, String> FOREIGN = Map.of(
            "KDMV", "a VMDK",
            "# Disk DescriptorFile", "a VMDK description",
            "conectix", "a VHD",
            "vhdxfile", "a VHDX",
            "<<< ", "a VDI",
            "QED\0", "a QED",
            "\u001f\u008b", "packed with gzip",
            "\u00fd7zXZ", "packed with xz",
            "(\u00b5/\u00fd", "packed with zstd");

    private DiskImport() {}

    /**
     * Copies a raw or a qcow2 disk.
     *
     * @param source only read
     * @param target a new file
     * @return the size of the disk
     * @throws MinionsException {@code PATH_NOT_FOUND}; {@code IMAGE_ERROR} if it is not a whole disk in one of these
     *     formats; {@code NO_SPACE}
     */
    static long copy(Path source, Path target, ProgressListener progress) {
        requireFile("import disk", source);
        try {
            byte[] head = head(source);
            if (head.length >= Integer.BYTES && ByteBuffer.wrap(head).getInt() == Qcow2Disk.MAGIC) {
                return copyQcow2(source, target, progress);
            }
            foreign(head).ifPresent(what -> {
                throw refused(source, "it is " + what + "; convert it with: qemu-img convert -O raw");
            });
            return copyRaw(source, target, progress);
        } catch (IOException e) {
            throw Failures.io("import disk '" + source + "'", e);
        }
    }

    /** Refuses what is no readable file. */
    static void requireFile(String doing, Path file) {
        if (!Files.exists(file)) {
            throw new MinionsException(ErrorCode.PATH_NOT_FOUND, doing + " '" + file + "': there is no such file");
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new MinionsException(
                    ErrorCode.IMAGE_ERROR, doing + " '" + file + "': it is no file that can be read");
        }
    }

    private static long copyQcow2(Path source, Path target, ProgressListener progress) throws IOException {
        try (Qcow2Disk disk = Qcow2Disk.open(source)) {
            long size = wholeSectors(source, disk.size());
            try (SparseFile file = SparseFile.create(target, size)) {
                disk.copyTo(file, part -> progress.onProgress(Progress.of("converting the disk", part)));
            }
            return size;
        }
    }

    private static long copyRaw(Path source, Path target, ProgressListener progress) throws IOException {
        long size = wholeSectors(source, Files.size(source));
        SparseFile.copy(source, target, size, part -> progress.onProgress(Progress.of("copying the disk", part)));
        return size;
    }

    private static long wholeSectors(Path source, long size) {
        if (size == 0) {
            throw refused(source, "it is empty");
        }
        if (size > LARGEST.bytes()) {
            throw refused(source, "it has " + ByteSize.bytes(size) + ", more than " + LARGEST);
        }
        return (size + SECTOR - 1) / SECTOR * SECTOR;
    }

    private static Optional<String> foreign(byte[] head) {
        String start = new String(head, StandardCharsets.ISO_8859_1);
        return FOREIGN.entrySet().stream()
                .filter(entry -> start.startsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static byte[] head(Path source) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(SECTOR);
        try (FileChannel channel = FileChannel.open(source, READ)) {
            channel.read(head, 0);
        }
        byte[] bytes = new byte[head.position()];
        head.flip().get(bytes);
        return bytes;
    }

    private static MinionsException refused(Path source, String fact) {
        return new MinionsException(ErrorCode.IMAGE_ERROR, "import disk '" + source + "': " + fact);
    }
}
