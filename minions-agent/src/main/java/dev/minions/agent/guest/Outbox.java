package dev.minions.agent.guest;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The only one that writes to a connection or a port, and what is queued for it. A write may block for as long as
 * nobody is at the other end; nobody else in the agent waits for that unless the queue is full.
 *
 * <p>On a port, one host follows another: each gets a {@link Lane}, and what is left of an earlier lane is dropped.
 */
final class Outbox {
    private static final int LIMIT = 256 * 1024;

    private final OutputStream output;
    private final Deque<byte[]> frames = new ArrayDeque<>();
    private int queued;
    private boolean writing;
    private boolean closed;
    private @Nullable Lane current;

    Outbox(OutputStream output) {
        this.output = output;
    }

    void start(String name) {
        Threads.start(name, this::write);
    }

    /** Begins anew: all that was queued is dropped, earlier lanes are over, and these bytes come first. */
    synchronized Lane open(byte[]... first) {
        Lane lane = new Lane();
        current = lane;
        frames.clear();
        queued = 0;
        for (byte[] bytes : first) {
            frames.add(bytes);
            queued += bytes.length;
        }
        notifyAll();
        return lane;
    }

    /** Nothing is written any more, except what is being written. */
    synchronized void close() {
        closed = true;
        current = null;
        frames.clear();
        notifyAll();
    }

    private void write() {
        try {
            for (byte[] frame = take(); frame != null; frame = take()) {
                output.write(frame);
                output.flush();
            }
        } catch (IOException e) {
            Log.say("write to the host", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody but this class knows the thread
        } finally {
            close();
        }
    }

    private synchronized byte @Nullable [] take() throws InterruptedException {
        writing = false;
        notifyAll();
        while (frames.isEmpty() && !closed) {
            wait();
        }
        byte[] frame = frames.poll();
        if (frame != null) {
            queued -= frame.length;
            writing = true;
            notifyAll();
        }
        return frame;
    }

    /** The way to one host. */
    final class Lane {
        private Lane() {}

        /**
         * Queues a frame, waiting while too much is queued.
         *
         * @throws IOException if this lane is over
         */
        void put(byte[] frame) throws IOException, InterruptedException {
            synchronized (Outbox.this) {
                while (current == this && queued >= LIMIT) {
                    Outbox.this.wait();
                }
                requireCurrent();
                frames.add(frame);
                queued += frame.length;
                Outbox.this.notifyAll();
            }
        }

        /**
         * Waits until everything queued has been written. On a port this is how to await a host: the kernel takes
         * nothing while there is none.
         *
         * @throws IOException if this lane is over
         */
        void awaitWritten() throws IOException, InterruptedException {
            synchronized (Outbox.this) {
                while (current == this && (writing || !frames.isEmpty())) {
                    Outbox.this.wait();
                }
                requireCurrent();
            }
        }

        private void requireCurrent() throws IOException {
            if (current != this) {
                throw new IOException("the host this was for is gone");
            }
        }
    }
}
