package dev.minions.testkit.fake;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;

/** Where the frames of one session go, whole and one after the other; nowhere once the session is over. */
final class AgentOutput {
    private final ReentrantLock lock = new ReentrantLock();
    private final OutputStream output;
    private volatile boolean closed;

    AgentOutput(OutputStream output) {
        this.output = output;
    }

    void put(byte[] bytes) throws IOException {
        lock.lock();
        try {
            if (closed) {
                throw new IOException("the session is over");
            }
            output.write(bytes);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for nothing: a write under way ends when the host reads, or goes. */
    void close() {
        closed = true;
    }
}
