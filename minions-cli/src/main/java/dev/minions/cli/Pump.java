package dev.minions.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Copies a stream of a guest's command in a thread of its own. A platform thread: reads and writes of files and pipes
 * would each hold a carrier of virtual ones.
 */
final class Pump {
    private static final int BUFFER = 64 * 1024;

    private final String name;
    private final InputStream from;
    private final OutputStream to;
    private final Runnable onWriteFailure;
    private final Thread thread;
    private final AtomicLong copied = new AtomicLong();
    private volatile boolean writing;
    private volatile @Nullable IOException readFailure;
    private volatile @Nullable IOException writeFailure;

    private Pump(String name, InputStream from, OutputStream to, Runnable onWriteFailure) {
        this.name = name;
        this.from = from;
        this.to = to;
        this.onWriteFailure = onWriteFailure;
        this.thread = Thread.ofPlatform().daemon().name("guest-" + name).unstarted(this::copy);
    }

    /**
     * Begins to copy an output.
     *
     * @param onWriteFailure is called when nobody takes what is copied
     */
    static Pump start(String name, InputStream from, OutputStream to, Runnable onWriteFailure) {
        Pump pump = new Pump(name, from, to, onWriteFailure);
        pump.thread.start();
        return pump;
    }

    /** Begins to copy our input, and closes the command's when ours ends. Nobody waits for it. */
    static void startInput(InputStream from, OutputStream to) {
        Thread.ofPlatform().daemon().name("guest-stdin").start(() -> {
            Pump pump = new Pump("stdin", from, to, () -> {});
            pump.copy();
            try {
                to.close();
            } catch (IOException ended) {
                // The command has ended or has closed its input; what we would have said is of no use to it.
            }
        });
    }

    private void copy() {
        byte[] buffer = new byte[BUFFER];
        try {
            for (int count = read(buffer); count >= 0; count = read(buffer)) {
                writing = true;
                if (!write(buffer, count)) {
                    return;
                }
                copied.addAndGet(count);
                writing = false;
            }
        } finally {
            writing = false;
        }
    }

    private int read(byte[] buffer) {
        try {
            return from.read(buffer);
        } catch (IOException e) {
            readFailure = e;
            return -1;
        }
    }

    private boolean write(byte[] buffer, int count) {
        try {
            to.write(buffer, 0, count);
            to.flush();
            return true;
        } catch (IOException e) {
            writeFailure = e;
            onWriteFailure.run();
            return false;
        }
    }

    /** Waits for the end of the stream, or until it has been silent for that long. */
    void drain(Duration silence) throws InterruptedException {
        long before;
        do {
            before = copied.get();
        } while (!thread.join(silence) && (writing || copied.get() != before));
    }

    String name() {
        return name;
    }

    @Nullable
    IOException readFailure() {
        return readFailure;
    }

    void throwWriteFailure() {
        IOException failure = writeFailure;
        if (failure != null) {
            throw new OutputException(failure);
        }
    }
}
