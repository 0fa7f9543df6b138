package dev.minions.agent.guest;

import dev.minions.agent.protocol.Event;
import dev.minions.agent.protocol.FrameReader;
import dev.minions.agent.protocol.Protocol;
import dev.minions.agent.protocol.ProtocolException;
import dev.minions.agent.protocol.Sync;
import dev.minions.agent.protocol.SyncInput;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves one virtio-serial port: a stream that knows no connections. It greets, which waits until a host attaches; then
 * each mark of a host begins a session, and ends the one before it wherever that stood.
 */
final class PortServer {
    private static final long QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int MAX_PAUSE_MILLIS = 1000;

    private final String name;
    private final PortDevice device;
    private final Services services;
    private final Outbox outbox;
    private final SyncInput input;
    private int pauseMillis;
    private long greetings;

    PortServer(String name, PortDevice device, Services services) {
        this.name = name;
        this.device = device;
        this.services = services;
        this.outbox = new Outbox(device.output());
        this.input = new SyncInput(device.input());
    }

    void start() {
        outbox.start(name + "-writer");
        Threads.start(name, this::run);
    }

    private void run() {
        try (device) {
            while (true) {
                outbox.open(greeting()).awaitWritten();
                long attached = System.nanoTime();
                serveHosts();
                rest(System.nanoTime() - attached);
            }
        } catch (IOException e) {
            Log.say(name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            outbox.close();
        }
    }

    /** So that a kernel that does not let the greeting wait costs the guest no CPU. */
    private void rest(long attachedNanos) throws InterruptedException {
        pauseMillis = attachedNanos > QUICK_NANOS ? 0 : Math.min(Math.max(2 * pauseMillis, 1), MAX_PAUSE_MILLIS);
        TimeUnit.MILLISECONDS.sleep(pauseMillis);
    }

    /** Not a secret, only different each time. */
    private byte[] greeting() {
        byte[] nonce = new byte[Long.BYTES];
        long value = System.nanoTime() ^ (++greetings << 48) ^ ((long) name.hashCode() << 32);
        for (int i = 0; i < nonce.length; i++) {
            nonce[i] = (byte) (value >>> (8 * i));
        }
        return Sync.fresh(Sync.Kind.GREETING, nonce).encode();
    }

    /** Until the host detaches. */
    private void serveHosts() throws IOException, InterruptedException {
        Sync sync = input.await();
        while (sync != null) {
            sync = sync.kind() == Sync.Kind.HOST ? serve(sync) : input.await();
        }
    }

    /** One session; the mark that ended it, or the next one after what was no frame; null when the host detached. */
    private @Nullable Sync serve(Sync sync) throws IOException, InterruptedException {
        byte[] answer = new Sync(Sync.Kind.ANSWER, sync.nonce()).encode();
        byte[] ready = Event.encode(null, new Event.Ready(services.facts().identity()));
        Outbox.Lane lane = outbox.open(answer, ready);
        Session session = new Session(new FrameReader(input, Protocol.FRAME_PATIENCE), lane, services);
        boolean detached = true;
        try {
            session.serve();
        } catch (ProtocolException e) {
            detached = false;
            if (input.sync() == null) {
                Log.say(name, e);
                outbox.open(greeting()); // tells the host that its session is over; it will sync again
            }
        } finally {
            session.lose();
        }
        Sync next = input.sync();
        if (next == null) {
            return detached ? null : input.await();
        }
        input.proceed();
        return next;
    }
}
