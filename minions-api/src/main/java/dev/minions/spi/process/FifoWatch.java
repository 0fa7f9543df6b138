package dev.minions.spi.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Waits for the end of file on a FIFO: for the moment when the last process that has it open for writing is gone.
 *
 * <p>The read blocks in a platform thread of its own, since virtual threads share a few carriers and a blocked read
 * would keep one. Whoever waits does so on a latch, and closing ends the read.
 */
final class FifoWatch implements AutoCloseable {
    private final FileChannel channel;
    private final CountDownLatch end = new CountDownLatch(1);

    private FifoWatch(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Begins to watch. Does not block.
     *
     * @param atEnd called on the watching thread at the end of file; not if the watch is closed before
     * @throws IOException if there is no FIFO of that name
     */
    static FifoWatch begin(Path fifo, Runnable atEnd) throws IOException {
        if (!isFifo(fifo)) {
            throw new IOException("'" + fifo + "' is not a FIFO");
        }
        // An open for reading alone would wait for a writer that may have gone for ever.
        FileChannel both =
                FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        FifoWatch watch;
        try {
            watch = new FifoWatch(FileChannel.open(fifo, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        } finally {
            both.close(); // or the end of file would never come
        }
        Thread.ofPlatform().daemon().name("minions-watch").start(() -> watch.run(atEnd));
        return watch;
    }

    /**
     * Waits for the end of file.
     *
     * @return whether it came in time; also if there is no FIFO, since then nobody can have it open any more
     */
    static boolean awaitEnd(Path fifo, Duration within) throws InterruptedException {
        try (FifoWatch watch = begin(fifo, () -> {})) {
            return watch.await(within);
        } catch (IOException e) {
            return true;
        }
    }

    /** Whether the name is that of a FIFO, and of no link to one. */
    static boolean isFifo(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isOther();
        } catch (IOException e) {
            return false;
        }
    }

    boolean await(Duration within) throws InterruptedException {
        return end.await(within.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void run(Runnable atEnd) {
        var buffer = ByteBuffer.allocate(512);
        try {
            // Whoever holds the FIFO can also write to it; what is written means nothing.
            while (channel.read(buffer) >= 0) {
                buffer.clear();
            }
        } catch (IOException e) {
            return; // closed: nobody wants to know any more
        }
        end.countDown();
        atEnd.run();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
