package dev.minions.core.volume;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.minions.ByteSize;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Empty copy-on-write layers in QEMU's format, version 3. Written here rather than by qemu-img, as that takes ten times
 * as long as all the rest of making a disk.
 *
 * <p>Layout, in clusters of 64 KiB: the header; the table of refcount blocks; the one refcount block; the table of L2
 * tables, which has room for the largest disk there is, so that growing changes one number in the header.
 */
final class Qcow2 {
    /** The largest disk the table has entries for. */
    static final ByteSize LARGEST = ByteSize.of(16, ByteSize.Unit.TIB);

    private static final int MAGIC = 0x514649FB;
    private static final int VERSION = 3;
    private static final int CLUSTER_BITS = 16;
    private static final int CLUSTER = 1 << CLUSTER_BITS;

    /** What one entry of the table of L2 tables covers: as many clusters as fit 8 bytes each into one. */
    private static final long COVERED_BY_ENTRY = (long) CLUSTER * (CLUSTER / Long.BYTES);

    private static final int ENTRIES = Math.toIntExact(LARGEST.bytes() / COVERED_BY_ENTRY);
    private static final int TABLE_CLUSTERS = ENTRIES * Long.BYTES / CLUSTER;
    private static final int REFCOUNT_TABLE = 1;
    private static final int REFCOUNT_BLOCK = 2;
    private static final int TABLE = 3;
    private static final int CLUSTERS = TABLE + TABLE_CLUSTERS;
    private static final int REFCOUNT_ORDER = 4;
    private static final int HEADER_LENGTH = 104;
    private static final int BACKING_FORMAT = 0xE2792ACA;
    private static final int SIZE_OFFSET = 24;
    private static final int LONGEST_NAME = 1023;

    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private Qcow2() {}

    /** What a header says. */
    record Header(ByteSize size, String base) {}

    /**
     * Writes an empty layer on a raw file, and waits until it is on the disk.
     *
     * @param file a file that is not there yet
     * @param base the raw file's name as it is to be opened, relative to the layer's directory
     * @param size the size of the disk, in whole sectors
     */
    static void create(Path file, String base, ByteSize size) throws IOException {
        byte[] name = base.getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length > LONGEST_NAME) {
            throw new IllegalArgumentException("name of the base must have 1 to 1023 bytes, got " + name.length);
        }
        try (FileChannel channel = FileChannel.open(file, Set.of(CREATE_NEW, WRITE), PRIVATE)) {
            write(channel, header(name, size), 0);
            write(channel, buffer(Long.BYTES).putLong((long) REFCOUNT_BLOCK * CLUSTER), REFCOUNT_TABLE * CLUSTER);
            write(channel, refcounts(), REFCOUNT_BLOCK * CLUSTER);
            // The table is all zeros, and a hole reads as zeros; its last byte gives the file its length.
            write(channel, buffer(1).put((byte) 0), CLUSTERS * CLUSTER - 1);
            channel.force(true);
        }
    }

    private static ByteBuffer header(byte[] name, ByteSize size) {
        byte[] raw = "raw".getBytes(StandardCharsets.US_ASCII);
        int extensions = 3 * Long.BYTES; // the format of the base, padded to 8 bytes, and the end
        return buffer(HEADER_LENGTH + extensions + name.length)
                .putInt(MAGIC)
                .putInt(VERSION)
                .putLong(HEADER_LENGTH + extensions)
                .putInt(name.length)
                .putInt(CLUSTER_BITS)
                .putLong(size.bytes())
                .putInt(0) // not encrypted
                .putInt(ENTRIES)
                .putLong((long) TABLE * CLUSTER)
                .putLong((long) REFCOUNT_TABLE * CLUSTER)
                .putInt(1) // cluster of refcount table
                .putInt(0) // snapshots
                .putLong(0)
                .putLong(0) // features: none that are incompatible, compatible, or cleared by who does not know them
                .putLong(0)
                .putLong(0)
                .putInt(REFCOUNT_ORDER)
                .putInt(HEADER_LENGTH)
                .putInt(BACKING_FORMAT)
                .putInt(raw.length)
                .putLong(0x7261_7700_0000_0000L) // "raw"
                .putLong(0)
                .put(name);
    }

    private static ByteBuffer refcounts() {
        ByteBuffer counts = buffer(CLUSTERS * Short.BYTES);
        while (counts.hasRemaining()) {
            counts.putShort((short) 1);
        }
        return counts;
    }

    /**
     * Reads a header.
     *
     * @throws IOException also if it is none that {@link #create} wrote
     */
    static Header read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, READ)) {
            ByteBuffer header = read(channel, 0, HEADER_LENGTH);
            if (header.getInt() != MAGIC || header.getInt() != VERSION) {
                throw new IOException("'" + file + "' is no QCOW2 file of version 3");
            }
            long nameOffset = header.getLong();
            int nameLength = header.getInt();
            long size = header.getLong(SIZE_OFFSET);
            if (nameOffset < HEADER_LENGTH
                    || nameOffset > CLUSTER
                    || nameLength < 1
                    || nameLength > LONGEST_NAME
                    || size < 0
                    || size > LARGEST.bytes()) {
                throw new IOException("'" + file + "' has a header that Minions did not write");
            }
            byte[] name = read(channel, nameOffset, nameLength).array();
            return new Header(ByteSize.bytes(size), new String(name, StandardCharsets.UTF_8));
        }
    }

    /** Makes the disk larger. One number that lies in one sector: it is the old or the new at every moment. */
    static void grow(Path file, ByteSize size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, WRITE)) {
            write(channel, buffer(Long.BYTES).putLong(size.bytes()), SIZE_OFFSET);
            channel.force(true);
        }
    }

    private static ByteBuffer buffer(int length) {
        return ByteBuffer.allocate(length); // big-endian, as the format is
    }

    private static void write(FileChannel channel, ByteBuffer filled, long position) throws IOException {
        ByteBuffer rest = filled.flip();
        long at = position;
        while (rest.hasRemaining()) {
            at += channel.write(rest, at);
        }
    }

    private static ByteBuffer read(FileChannel channel, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException("the file ends in its header");
            }
        }
        return buffer.flip();
    }
}
