package dev.minions.agent.client;

import dev.minions.agent.client.AgentException.Reason;
import dev.minions.agent.client.Calls.Reading;
import dev.minions.agent.protocol.Answer;
import dev.minions.agent.protocol.Event;
import dev.minions.agent.protocol.Failure;
import dev.minions.agent.protocol.Fields;
import dev.minions.agent.protocol.FrameReader;
import dev.minions.agent.protocol.Protocol;
import dev.minions.agent.protocol.ProtocolException;
import dev.minions.agent.protocol.Request;
import dev.minions.agent.protocol.StreamData;
import dev.minions.agent.protocol.Sync;
import dev.minions.agent.protocol.SyncInput;
import dev.minions.spi.GuestChannel.Framing;
import dev.minions.spi.GuestConnection;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an agent, shared by any number of callers. Its two threads alone touch the connection: one reads and
 * hands out what came, the other ({@link FrameQueue}) writes what callers have queued. A caller only waits, so that
 * interrupting one does not end the connection of the others.
 */
final class Link implements AutoCloseable {
    /** How long after the agent's greeting its answer to a sync may take before the sync is said again. */
    private static final Duration AFTER_GREETING = Duration.ofMillis(250);

    /** How long until a sync that nothing came back to is said again. */
    private static final Duration SYNC_AGAIN = Duration.ofSeconds(5);

    private static final SecureRandom RANDOM = new SecureRandom();

    private final GuestConnection connection;
    private final Framing framing;
    private final FrameQueue out;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Integer, Slot> slots = new HashMap<>();
    private final Map<Integer, Channels> streams = new HashMap<>();
    private int lastId;
    private boolean attached;
    private boolean greeted;

    /** Whether the agent has answered something. Before, it may begin anew without any harm. */
    private boolean confirmed;

    private @Nullable String nonce;
    private @Nullable AgentException end;

    /** Where one answer goes. */
    private static final class Slot {
        private @Nullable Fields answer;
    }

    /** Who takes what comes for one command. Called on the reading thread; must not block. */
    interface Channels {
        /** Data, or the end, of one of its streams. */
        void data(StreamData data) throws ProtocolException;

        /** Something happened. */
        void event(Event event);

        /** Nothing will come any more. */
        void lost(AgentException why);
    }

    private Link(GuestConnection connection, Framing framing) {
        this.connection = connection;
        this.framing = framing;
        this.out = new FrameQueue(connection, this::lose);
    }

    /** Begins to use a connection, which is closed with the link. Does not wait for the guest. */
    static Link over(GuestConnection connection, Framing framing) {
        Link link = new Link(connection, framing);
        link.attached = framing == Framing.CONNECTIONS;
        Thread.ofPlatform().daemon().name("minions-agent-reader").start(link::read);
        link.out.start();
        return link;
    }

    /** Waits until the stream begins anew for us on the guest's side too, where the framing needs that. */
    void awaitAttached(Deadline deadline) throws IOException, InterruptedException {
        lock.lock();
        try {
            while (!attached) {
                throwIfEnded();
                if (deadline.hasPassed()) {
                    throw new AgentException(Reason.TIMED_OUT, "the guest's agent did not answer within " + deadline);
                }
                greeted = false;
                Sync sync = Sync.fresh(Sync.Kind.HOST, RANDOM);
                nonce = sync.nonce();
                out.add(sync.encode());
                awaitAnswerToSync(deadline);
            }
        } finally {
            lock.unlock();
        }
    }

    private void awaitAnswerToSync(Deadline deadline) throws InterruptedException {
        Deadline again = Deadline.in(deadline.leftUpTo(SYNC_AGAIN));
        boolean hurried = false;
        while (!attached && end == null && !again.hasPassed()) {
            if (greeted && !hurried) {
                hurried = true;
                again = Deadline.in(deadline.leftUpTo(AFTER_GREETING));
            }
            await(again);
        }
    }

    /**
     * Attaches, and asks what can be asked twice. A guest that is slow enough takes a host that has just come for none:
     * its kernel hands out the host's first bytes before it knows that the host is there, and says that the stream has
     * ended. The agent then greets, and everything begins again.
     */
    <T> T introduce(Request request, Reading<T> reading, Deadline deadline) throws IOException, InterruptedException {
        while (true) {
            awaitAttached(deadline);
            try {
                return call(request, reading, deadline);
            } catch (AgentException e) {
                if (e.reason() != Reason.LOST || !isOpen()) {
                    throw e;
                }
            }
        }
    }

    /**
     * Asks and waits for the answer.
     *
     * @return what {@code reading} makes of an answer that is not an error
     */
    <T> T call(Request request, Reading<T> reading, Deadline deadline) throws IOException, InterruptedException {
        int id = nextId(null);
        return call(id, request, reading, deadline);
    }

    /** The same without an id: for agents who answer in order, and one call at a time. */
    <T> T callInOrder(Request request, Reading<T> reading, Deadline deadline) throws IOException, InterruptedException {
        return call(null, request, reading, deadline);
    }

    /** Asks with an id that {@link #nextId} gave, and waits for the answer. */
    <T> T call(@Nullable Integer id, Request request, Reading<T> reading, Deadline deadline)
            throws IOException, InterruptedException {
        byte[] frame = encode(id, request);
        int key = id == null ? 0 : id;
        Slot slot = new Slot();
        lock.lock();
        try {
            throwIfEnded();
            slots.put(key, slot);
        } finally {
            lock.unlock();
        }
        try {
            out.put(frame, deadline);
            return read(await(slot, request, deadline), request, reading);
        } finally {
            drop(key);
        }
    }

    private static byte[] encode(@Nullable Integer id, Request request) throws AgentException {
        try {
            return Request.encode(id, request);
        } catch (ProtocolException e) {
            throw new AgentException(Failure.BAD_REQUEST, "'" + request.type() + "' cannot be sent: " + e.getMessage());
        }
    }

    /** An answer that is none ends the connection: who knows what the next one would be worth. */
    private <T> T read(Fields answer, Request request, Reading<T> reading) throws AgentException {
        try {
            Answer.Failed failed = Answer.failed(answer);
            if (failed != null) {
                throw new AgentException(failed.failure(), failed.message());
            }
            return reading.read(answer);
        } catch (ProtocolException e) {
            AgentException why = new AgentException(
                    Reason.PROTOCOL,
                    "the guest's agent did not answer '" + request.type() + "' as it must: " + e.getMessage(),
                    e);
            lose(why);
            throw why;
        }
    }

    private void drop(int key) {
        lock.lock();
        try {
            slots.remove(key);
        } finally {
            lock.unlock();
        }
    }

    private Fields await(Slot slot, Request request, Deadline deadline) throws AgentException, InterruptedException {
        lock.lock();
        try {
            while (slot.answer == null) {
                throwIfEnded();
                if (!attached) {
                    throw new AgentException(Reason.LOST, "the guest's agent began anew before it answered");
                }
                if (deadline.hasPassed()) {
                    throw new AgentException(
                            Reason.TIMED_OUT,
                            "the guest's agent did not answer '" + request.type() + "' within " + deadline);
                }
                await(deadline);
            }
            return slot.answer;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for anything to change; whoever waits looks again at what it waits for. */
    @SuppressWarnings("WaitNotInLoop") // the callers loop
    private void await(Deadline deadline) throws InterruptedException {
        changed.awaitNanos(Math.max(deadline.nanosLeft(), 1));
    }

    /** An id for a request; with {@code channels}, all that comes for it until {@link #forget} goes there. */
    int nextId(@Nullable Channels channels) {
        lock.lock();
        try {
            do {
                lastId = lastId == Integer.MAX_VALUE ? 1 : lastId + 1;
            } while (streams.containsKey(lastId) || slots.containsKey(lastId));
            if (channels != null) {
                streams.put(lastId, channels);
            }
            return lastId;
        } finally {
            lock.unlock();
        }
    }

    /** Whatever still comes for that id is dropped. */
    void forget(int id) {
        lock.lock();
        try {
            streams.remove(id);
        } finally {
            lock.unlock();
        }
    }

    /** Queues what is short and not answered; never waits. */
    void tell(int id, Request request) throws IOException {
        out.add(Request.encode(id, request));
    }

    /** Queues data, waiting while too much is queued. */
    void send(byte[] frame, Deadline deadline) throws IOException, InterruptedException {
        out.put(frame, deadline);
    }

    boolean isOpen() {
        lock.lock();
        try {
            return end == null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lose(new AgentException(Reason.LOST, "the connection to the guest's agent was closed"));
    }

    private void throwIfEnded() throws AgentException {
        if (end != null) {
            AgentException mine = new AgentException(end.reason(), String.valueOf(end.getMessage()), end.getCause());
            mine.addSuppressed(end); // where it was noticed
            throw mine;
        }
    }

    private void lose(AgentException why) {
        List<Channels> orphans = new ArrayList<>();
        lock.lock();
        try {
            if (end == null) {
                end = why;
                orphans.addAll(streams.values());
                streams.clear();
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        out.close();
        for (Channels channels : orphans) {
            channels.lost(why);
        }
        try {
            connection.close();
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    private void read() {
        try {
            if (framing == Framing.CONNECTIONS) {
                readFrames(new FrameReader(new BufferedInputStream(connection.input()), Protocol.FRAME_PATIENCE));
                throw new AgentException(Reason.LOST, "the guest closed the connection");
            }
            readSynced(new SyncInput(connection.input()));
        } catch (AgentException e) {
            lose(e);
        } catch (ProtocolException e) {
            lose(new AgentException(Reason.PROTOCOL, String.valueOf(e.getMessage()), e));
        } catch (IOException e) {
            lose(new AgentException(Reason.LOST, "the connection to the guest broke: " + e.getMessage(), e));
        } catch (RuntimeException e) { // the thread's outermost loop: callers must not wait for a thread that is gone
            lose(new AgentException(Reason.PROTOCOL, "what the guest sent could not be read: " + e, e));
        }
    }

    private void readSynced(SyncInput input) throws IOException {
        Sync sync = input.await();
        while (sync != null) {
            if (!take(sync)) {
                sync = input.await();
                continue;
            }
            sync = readFramesToMark(input);
            if (sync == null || isConfirmed()) {
                throw new AgentException(Reason.LOST, "the guest's agent, or the guest, started anew");
            }
        }
        throw new AgentException(Reason.LOST, "the connection to the guest ended");
    }

    /** The mark that ends the frames; null at the end of the stream. */
    private @Nullable Sync readFramesToMark(SyncInput input) throws IOException {
        try {
            readFrames(new FrameReader(input, Protocol.FRAME_PATIENCE));
            return input.await();
        } catch (ProtocolException e) {
            Sync next = input.await();
            if (next == null) {
                throw e;
            }
            return next;
        }
    }

    private boolean isConfirmed() {
        lock.lock();
        try {
            return confirmed;
        } finally {
            lock.unlock();
        }
    }

    private boolean take(Sync sync) {
        lock.lock();
        try {
            attached = sync.kind() == Sync.Kind.ANSWER && sync.nonce().equals(nonce);
            greeted |= sync.kind() == Sync.Kind.GREETING;
            changed.signalAll();
            return attached;
        } finally {
            lock.unlock();
        }
    }

    private void readFrames(FrameReader frames) throws IOException {
        for (byte[] payload = frames.next(); payload != null; payload = frames.next()) {
            if (StreamData.isStreamData(payload)) {
                StreamData data = StreamData.parse(payload);
                Channels channels = channels(data.id());
                if (channels != null) {
                    channels.data(data);
                }
            } else {
                dispatch(Fields.parse(payload));
            }
        }
    }

    private @Nullable Channels channels(@Nullable Integer id) {
        lock.lock();
        try {
            return id == null ? null : streams.get(id);
        } finally {
            lock.unlock();
        }
    }

    private void dispatch(Fields fields) throws ProtocolException {
        Integer id = fields.optionalInt("id");
        if (!fields.has("status")) {
            Event event = Event.parse(fields);
            Channels channels = channels(id);
            if (event != null && channels != null) {
                channels.event(event);
            }
            return;
        }
        lock.lock();
        try {
            Slot slot = slots.get(id == null ? 0 : id);
            if (slot != null) {
                slot.answer = fields;
                confirmed = true;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }
}
