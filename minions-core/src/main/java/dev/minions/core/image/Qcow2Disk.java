package dev.minions.core.image;

import static java.nio.file.StandardOpenOption.READ;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.function.DoubleConsumer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A qcow2 file, read. Whoever imports a disk got it from somebody, and what is in its headers may be made to open other
 * files of the host or to break the program that reads it. Here nothing but this file is ever opened, and every number
 * in it is checked before it is used. Not thread-safe.
 */
final class Qcow2Disk implements AutoCloseable {
    /** The first four bytes of such a file. */
    static final int MAGIC = 0x514649FB;

    private static final int HEADER = 104;
    private static final long OFFSET = 0x00FF_FFFF_FFFF_FE00L;
    private static final long COMPRESSED = 1L << 62;
    private static final long ALL_ZERO = 1L;
    private static final int SECTOR = 512;
    private static final long LARGEST = 1L << 56;
    private static final int LARGEST_L1 = 4 << 20;

    private final Path file;
    private final FileChannel channel;
    private final Inflater inflater = new Inflater(true);
    private final long size;
    private final int clusterBits;
    private final long[] l1;
    private final byte[] cluster;
    private final ByteBuffer l2;

    private Qcow2Disk(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        readFully(header, 0, "header");
        size = header.getLong(24);
        clusterBits = header.getInt(20);
        checkFeatures(header);
        int l1Size = header.getInt(36);
        long perTable = 1L << (clusterBits - 3);
        long clusters = (size + (1L << clusterBits) - 1) >> clusterBits;
        long tables = (clusters + perTable - 1) / perTable;
        if (size < 0 || size > LARGEST || tables > LARGEST_L1 || Integer.toUnsignedLong(l1Size) < tables) {
            throw damaged("it says it has " + size + " bytes in " + Integer.toUnsignedLong(l1Size) + " tables");
        }
        l1 = readTable(header.getLong(40), (int) tables);
        cluster = new byte[1 << clusterBits];
        l2 = ByteBuffer.allocate(1 << clusterBits);
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws MinionsException {@code IMAGE_ERROR} if it refers to other files, is encrypted, damaged, or of a kind that
     *     is not read
     */
    static Qcow2Disk open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, READ);
        try {
            return new Qcow2Disk(file, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void checkFeatures(ByteBuffer header) {
        int version = header.getInt(4);
        if (version != 2 && version != 3) {
            throw refused("it has version " + version + " of qcow2, known are 2 and 3");
        }
        if (header.getLong(8) != 0) {
            throw refused("it is a layer on another file; flatten it with: qemu-img convert -O raw");
        }
        if (header.getInt(32) != 0) {
            throw refused("it is encrypted");
        }
        if (clusterBits < 9 || clusterBits > 21) {
            throw damaged("it says its clusters have 2^" + clusterBits + " bytes");
        }
        long features = version == 2 ? 0 : header.getLong(72);
        if ((features & 1 << 1) != 0) {
            throw damaged("it is marked as corrupt");
        }
        if ((features & 1 << 2) != 0) {
            throw refused("its data lies in another file; flatten it with: qemu-img convert -O raw");
        }
        if ((features & ~0b11L) != 0) {
            throw refused("it uses features (" + Long.toHexString(features)
                    + ") that are not read here; convert it with: qemu-img convert -O raw");
        }
    }

    /** The disk's size in bytes. */
    long size() {
        return size;
    }

    /**
     * Writes what the disk holds.
     *
     * @param progress hears what part is done
     */
    void copyTo(SparseFile target, DoubleConsumer progress) throws IOException {
        int perTable = 1 << (clusterBits - 3);
        for (int table = 0; table < l1.length; table++) {
            long offset = l1[table] & OFFSET;
            if (offset != 0) {
                readFully(l2.clear(), offset, "table " + table);
                for (int i = 0; i < perTable; i++) {
                    copyCluster(((long) table * perTable + i) << clusterBits, l2.getLong(i * Long.BYTES), target);
                }
            }
            progress.accept((double) (table + 1) / l1.length);
        }
    }

    private void copyCluster(long position, long entry, SparseFile target) throws IOException {
        if (position >= size || entry == 0) {
            return;
        }
        if ((entry & COMPRESSED) != 0) {
            inflate(position, entry);
        } else {
            long offset = entry & OFFSET;
            if (offset == 0 || (entry & ALL_ZERO) != 0) {
                return;
            }
            readFully(ByteBuffer.wrap(cluster), offset, "cluster at " + position);
        }
        target.write(position, cluster, (int) Math.min(cluster.length, size - position));
    }

    private void inflate(long position, long entry) throws IOException {
        int offsetBits = 62 - (clusterBits - 8);
        long offset = entry & ((1L << offsetBits) - 1);
        long sectors = ((entry & ~COMPRESSED & Long.MAX_VALUE) >>> offsetBits) + 1;
        int length = (int) (sectors * SECTOR - (offset & (SECTOR - 1)));
        ByteBuffer packed = ByteBuffer.allocate(length);
        channel.read(packed, offset); // the last sector of a file may be short: the end of the stream says enough
        inflater.reset();
        inflater.setInput(packed.array(), 0, packed.position());
        try {
            int done = 0;
            while (done < cluster.length) {
                int n = inflater.inflate(cluster, done, cluster.length - done);
                if (n == 0) {
                    throw damaged("the compressed cluster at " + position + " holds " + done + " bytes");
                }
                done += n;
            }
        } catch (DataFormatException e) {
            throw damaged("the compressed cluster at " + position + " cannot be unpacked: " + e.getMessage());
        }
    }

    private long[] readTable(long offset, int entries) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(entries * Long.BYTES);
        readFully(bytes, offset, "first table");
        long[] table = new long[entries];
        bytes.flip().asLongBuffer().get(table);
        return table;
    }

    private void readFully(ByteBuffer buffer, long offset, String what) throws IOException {
        long at = offset;
        while (buffer.hasRemaining()) {
            int read = at < 0 ? -1 : channel.read(buffer, at);
            if (read < 0) {
                throw damaged("its " + what + " lies beyond its end");
            }
            at += read;
        }
    }

    private MinionsException damaged(String fact) {
        return refused(fact + ", so it is damaged");
    }

    private MinionsException refused(String fact) {
        return new MinionsException(ErrorCode.IMAGE_ERROR, "import disk '" + file + "': " + fact);
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        channel.close();
    }
}
