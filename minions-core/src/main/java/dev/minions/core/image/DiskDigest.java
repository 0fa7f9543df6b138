package dev.minions.core.image;

import static java.nio.file.StandardOpenOption.READ;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleConsumer;

/**
 * The digest of a disk's content. It says nothing of how the file is stored: a disk with holes and one with zeros
 * written out have the same.
 *
 * <p>It is the SHA-256 of the line {@code minions disk 1}, the size in bytes, and, for each chunk of 1 MiB that holds
 * anything but zeros, in order, its number and its SHA-256; numbers have 8 bytes, the highest first. Chunks are hashed by
 * all processors at once, which a digest of the file from its beginning to its end could not be.
 */
final class DiskDigest {
    private static final int CHUNK = 1 << 20;
    private static final int BLOCK = 4096;
    private static final int MOST_THREADS = 8;

    private DiskDigest() {}

    /**
     * What a disk holds.
     *
     * @param digest 64 hexadecimal digits
     * @param size in bytes
     * @param data how many bytes lie in blocks of 4 KiB that are not all zero
     */
    record Content(String digest, long size, long data) {}

    /** The sums of the chunks, filled by many threads, each chunk by one. */
    private static final class Sums {
        private static final int LENGTH = 32;

        private final byte[] bytes;
        private final boolean[] present;
        private final AtomicLong next = new AtomicLong();
        private final AtomicLong data = new AtomicLong();

        Sums(long size) {
            int count = Math.toIntExact((size + CHUNK - 1) / CHUNK);
            bytes = new byte[Math.multiplyExact(count, LENGTH)];
            present = new boolean[count];
        }

        int count() {
            return present.length;
        }

        void put(int chunk, byte[] sum) {
            System.arraycopy(sum, 0, bytes, chunk * LENGTH, LENGTH);
            present[chunk] = true;
        }

        String combined(long size) {
            MessageDigest whole = sha256();
            whole.update("minions disk 1\n".getBytes(StandardCharsets.US_ASCII));
            whole.update(number(size));
            for (int i = 0; i < present.length; i++) {
                if (present[i]) {
                    whole.update(number(i));
                    whole.update(bytes, i * LENGTH, LENGTH);
                }
            }
            return HexFormat.of().formatHex(whole.digest());
        }
    }

    /**
     * Reads a disk.
     *
     * @param progress hears what part is done, from the calling thread
     */
    static Content of(Path disk, DoubleConsumer progress) throws IOException, InterruptedException {
        try (FileChannel channel = FileChannel.open(disk, READ)) {
            long size = channel.size();
            Sums sums = new Sums(size);
            hashAll(channel, size, sums, progress);
            return new Content(sums.combined(size), size, sums.data.get());
        }
    }

    private static void hashAll(FileChannel channel, long size, Sums sums, DoubleConsumer progress)
            throws IOException, InterruptedException {
        int threads = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST_THREADS);
        ExecutorService pool = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name("minions-digest-", 0).factory());
        try {
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 1; i < threads; i++) {
                workers.add(pool.submit(() -> hashSome(channel, size, sums, done -> {})));
            }
            hashSome(channel, size, sums, progress);
            for (Future<?> worker : workers) {
                worker.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof UncheckedIOException io ? io.getCause() : new IOException(e.getCause());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            sums.next.set(sums.count()); // whoever still works stops after its chunk
            pool.shutdown();
        }
    }

    private static void hashSome(FileChannel channel, long size, Sums sums, DoubleConsumer progress) {
        byte[] buffer = new byte[CHUNK];
        MessageDigest digest = sha256();
        try {
            for (long i = sums.next.getAndIncrement(); i < sums.count(); i = sums.next.getAndIncrement()) {
                int length = (int) Math.min(CHUNK, size - i * CHUNK);
                readFully(channel, ByteBuffer.wrap(buffer, 0, length), i * CHUNK);
                if (!ZeroBlocks.allZero(buffer, 0, length)) {
                    digest.update(buffer, 0, length);
                    sums.put((int) i, digest.digest());
                    sums.data.addAndGet(dataIn(buffer, length));
                }
                progress.accept((double) i / sums.count());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long dataIn(byte[] buffer, int length) {
        long data = 0;
        for (int from = 0; from < length; from += BLOCK) {
            int to = Math.min(length, from + BLOCK);
            if (!ZeroBlocks.allZero(buffer, from, to)) {
                data += to - from;
            }
        }
        return data;
    }

    private static void readFully(FileChannel channel, ByteBuffer buffer, long position) throws IOException {
        long at = position;
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, at);
            if (read < 0) {
                throw new IOException("the file became shorter while it was read, at byte " + at);
            }
            at += read;
        }
    }

    private static byte[] number(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
