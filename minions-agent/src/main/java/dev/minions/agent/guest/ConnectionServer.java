package dev.minions.agent.guest;

import dev.minions.agent.protocol.FrameReader;
import dev.minions.agent.protocol.Protocol;
import dev.minions.agent.protocol.ProtocolException;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicInteger;

/** Serves connections, each a session of its own, however they came about. */
final class ConnectionServer {
    private static final int MAX_CONNECTIONS = 64;

    private final Services services;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger number = new AtomicInteger();

    ConnectionServer(Services services) {
        this.services = services;
    }

    /** Serves a connection on a thread of its own and closes it at the end. One too many is closed at once. */
    void serve(InputStream input, OutputStream output, Closeable connection) {
        if (open.incrementAndGet() > MAX_CONNECTIONS) {
            open.decrementAndGet();
            Log.say("refused a connection: " + MAX_CONNECTIONS + " are open");
            close(connection);
            return;
        }
        String name = "host-" + number.incrementAndGet();
        Outbox outbox = new Outbox(output);
        outbox.start(name + "-writer");
        Threads.start(name, () -> {
            try {
                run(input, outbox);
            } finally {
                outbox.close();
                close(connection);
                open.decrementAndGet();
            }
        });
    }

    private void run(InputStream input, Outbox outbox) {
        FrameReader frames = new FrameReader(new BufferedInputStream(input), Protocol.FRAME_PATIENCE);
        Session session = new Session(frames, outbox.open(), services);
        try {
            session.serve();
            session.finish();
        } catch (ProtocolException e) {
            Log.say("a host's connection", e);
            session.lose();
        } catch (IOException e) {
            session.lose();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(Closeable connection) {
        try {
            connection.close();
        } catch (IOException e) {
            Log.say("close a host's connection", e);
        }
    }
}
