package dev.minions.core.image;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.SPARSE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.DoubleConsumer;

/**
 * A new file of a known size that stores no zeros. Written by one thread; blocks may come in any order, and what is
 * never written reads as zeros.
 */
final class SparseFile implements AutoCloseable {
    /** What a hole is made of on the file systems at hand. */
    private static final int BLOCK = 4096;

    private static final int COPY_BUFFER = 1 << 20;

    private final FileChannel channel;

    private SparseFile(FileChannel channel) {
        this.channel = channel;
    }

    /** Makes the file, which must not be there. */
    static SparseFile create(Path file, long size) throws IOException {
        FileChannel channel = FileChannel.open(file, Set.of(CREATE_NEW, WRITE, SPARSE));
        try {
            if (size > 0) {
                channel.write(ByteBuffer.allocate(1), size - 1);
            }
            return new SparseFile(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Writes what is not zero of it. */
    void write(long position, byte[] bytes, int length) throws IOException {
        int from = 0;
        while (from < length) {
            int to = blockEnd(position, from, length);
            boolean zero = ZeroBlocks.allZero(bytes, from, to);
            while (to < length) { // as many blocks of the same kind as there are, in one call
                int next = blockEnd(position, to, length);
                if (ZeroBlocks.allZero(bytes, to, next) != zero) {
                    break;
                }
                to = next;
            }
            if (!zero) {
                writeAll(position + from, ByteBuffer.wrap(bytes, from, to - from));
            }
            from = to;
        }
    }

    private static int blockEnd(long position, int from, int length) {
        long end = ((position + from) / BLOCK + 1) * BLOCK - position;
        return (int) Math.min(length, end);
    }

    private void writeAll(long position, ByteBuffer bytes) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /**
     * Copies a file without its zeros, and gives the copy a size of at least the original's.
     *
     * @param progress hears what part is done
     */
    static void copy(Path from, Path to, long size, DoubleConsumer progress) throws IOException {
        byte[] buffer = new byte[COPY_BUFFER];
        try (FileChannel source = FileChannel.open(from, READ);
                SparseFile target = create(to, size)) {
            long position = 0;
            while (true) {
                int read = source.read(ByteBuffer.wrap(buffer), position);
                if (read < 0) {
                    return;
                }
                target.write(position, buffer, read);
                position += read;
                progress.accept(size == 0 ? 1 : Math.min(1, (double) position / size));
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
