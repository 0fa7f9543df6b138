package dev.minions.core.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A console's log and what is added to it. The last of the files is written, then renamed to the one before it and
 * begun anew; the reader keeps hold of the file it is in, reads it to its end, and then goes on with its successor.
 */
final class FollowedConsole extends InputStream {
    /** How long a wait for news lasts before the VMM's life is looked at; news themselves wake at once (inotify). */
    private static final long LOOK_SECONDS = 1;

    private final List<Path> files;
    private final BooleanSupplier alive;
    private final WatchService watch;
    private int next;
    private @Nullable SeekableByteChannel channel;
    private @Nullable Object key;
    private boolean last;

    FollowedConsole(List<Path> files, BooleanSupplier alive) {
        this.files = files;
        this.alive = alive;
        try {
            Path directory = Objects.requireNonNull(files.get(files.size() - 1).getParent());
            watch = directory.getFileSystem().newWatchService();
            directory.register(watch, StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_CREATE);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (true) {
            if (channel == null && !open()) {
                if (!await()) {
                    return -1;
                }
                continue;
            }
            int count = channel == null ? -1 : channel.read(ByteBuffer.wrap(target, offset, length));
            if (count > 0) {
                return count;
            }
            if (!advance()) {
                return -1;
            }
        }
    }

    /** Opens the next file that exists; false if none does yet. */
    private boolean open() throws IOException {
        while (next < files.size()) {
            Path file = files.get(next);
            boolean newest = next == files.size() - 1;
            try {
                channel = Files.newByteChannel(file);
                key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
                return true;
            } catch (NoSuchFileException absent) {
                if (newest) {
                    return false;
                }
                next++;
            }
        }
        return false;
    }

    /** At the end of the file: goes on with its successor, or waits for more; false at the end of everything. */
    private boolean advance() throws IOException {
        if (next < files.size() - 1) {
            leave();
            next++;
            return true;
        }
        if (replaced()) {
            leave();
            return true;
        }
        return await();
    }

    private boolean replaced() throws IOException {
        try {
            Object now = Files.readAttributes(files.get(next), BasicFileAttributes.class)
                    .fileKey();
            return !Objects.equals(now, key);
        } catch (NoSuchFileException between) {
            return false; // renamed, and its successor not begun: the next news tell
        }
    }

    private void leave() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }

    private boolean await() throws IOException {
        if (last) {
            return false;
        }
        try {
            WatchKey news = watch.poll(LOOK_SECONDS, TimeUnit.SECONDS);
            if (news != null) {
                news.pollEvents();
                news.reset();
            } else if (!alive.getAsBoolean()) {
                last = true; // one more read, for what came between the last one and the end
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("following a console was interrupted");
        } catch (java.nio.file.ClosedWatchServiceException closed) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        watch.close();
        leave();
    }
}
