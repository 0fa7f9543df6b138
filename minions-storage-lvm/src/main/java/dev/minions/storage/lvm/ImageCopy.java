package dev.minions.storage.lvm;

import dev.minions.Progress;
import dev.minions.ProgressListener;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Copies an image into a volume that holds nothing, without its zeros, so that the pool gives room for the rest only. */
final class ImageCopy {
    /** The smallest block of a thin pool: what is all zeros in it needs no block. */
    private static final int BLOCK = 64 * 1024;

    private static final int BUFFER = 16 * BLOCK;

    /** How much is written between two looks at how full the pool is. */
    private static final long STRETCH = 64L << 20;

    private static final ByteBuffer ZEROS = ByteBuffer.allocate(BLOCK).asReadOnlyBuffer();

    private final Path image;
    private final Path device;
    private long unchecked;

    ImageCopy(Path image, Path device) {
        this.image = image;
        this.device = device;
    }

    /**
     * Copies it, and returns when it is durable.
     *
     * @param room is run before each stretch of what is written, and throws if the pool has no room for more
     * @throws java.nio.channels.ClosedByInterruptException if the thread is interrupted
     */
    void copy(ProgressListener progress, Runnable room) throws IOException {
        try (FileChannel from = FileChannel.open(image, StandardOpenOption.READ);
                FileChannel to = FileChannel.open(device, StandardOpenOption.WRITE)) {
            long size = from.size();
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
            unchecked = STRETCH;
            for (long done = 0; done < size; done += buffer.limit()) {
                if (done % STRETCH == 0) {
                    progress.onProgress(Progress.of("copying the image into the pool", (double) done / size));
                }
                fill(buffer, from, done);
                write(buffer, to, done, room);
            }
            to.force(true);
        }
    }

    private static void fill(ByteBuffer buffer, FileChannel from, long offset) throws IOException {
        buffer.clear();
        int count;
        do {
            count = from.read(buffer, offset + buffer.position());
        } while (count > 0 && buffer.hasRemaining());
        buffer.flip();
        if (!buffer.hasRemaining()) {
            throw new EOFException("it ends at " + offset + ", it has become shorter");
        }
    }

    private void write(ByteBuffer buffer, FileChannel to, long offset, Runnable room) throws IOException {
        for (int start = 0; start < buffer.limit(); start += BLOCK) {
            ByteBuffer block = buffer.slice(start, Math.min(BLOCK, buffer.limit() - start));
            if (block.equals(ZEROS.slice(0, block.limit()))) {
                continue;
            }
            if (unchecked >= STRETCH) {
                room.run();
                unchecked = 0;
            }
            unchecked += block.limit();
            for (long at = offset + start; block.hasRemaining(); ) {
                at += to.write(block, at);
            }
        }
    }
}
