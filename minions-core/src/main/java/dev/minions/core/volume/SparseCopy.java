package dev.minions.core.volume;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.minions.Progress;
import dev.minions.ProgressListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Copies a file and leaves out what is zero, so that the copy takes room only for what is not. */
final class SparseCopy {
    private static final int CHUNK = 1 << 20;
    private static final int BLOCK = 1 << 16;
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(BLOCK).asReadOnlyBuffer();

    private final ProgressListener progress;
    private final long total;
    private long lastPercent = -1;

    private SparseCopy(ProgressListener progress, long total) {
        this.progress = progress;
        this.total = total;
    }

    /**
     * Copies. The copy ends with the last block that is not zero, and is perhaps not on the disk yet.
     *
     * @param target a file that is not there yet
     * @throws java.nio.channels.ClosedByInterruptException if the thread was interrupted
     */
    static void copy(Path source, Path target, ProgressListener progress) throws IOException {
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (FileChannel in = FileChannel.open(source, READ);
                FileChannel out = FileChannel.open(target, Set.of(CREATE_NEW, WRITE), mode)) {
            new SparseCopy(progress, in.size()).copy(in, out);
        }
    }

    private void copy(FileChannel in, FileChannel out) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
        long position = 0;
        while (in.read(chunk.clear(), position) > 0) {
            writeWhatIsNotZero(out, chunk.flip(), position);
            position += chunk.limit();
            report(position);
        }
    }

    private static void writeWhatIsNotZero(FileChannel out, ByteBuffer chunk, long position) throws IOException {
        for (int start = 0; start < chunk.limit(); start += BLOCK) {
            ByteBuffer block = chunk.slice(start, Math.min(BLOCK, chunk.limit() - start));
            boolean zero = block.mismatch(ZEROS.slice(0, block.remaining())) < 0;
            for (long at = position + start; !zero && block.hasRemaining(); ) {
                at += out.write(block, at);
            }
        }
    }

    private void report(long position) {
        long percent = total == 0 ? 100 : position * 100 / total;
        if (percent != lastPercent) {
            lastPercent = percent;
            progress.onProgress(Progress.of("copying disk", percent / 100.0));
        }
    }
}
