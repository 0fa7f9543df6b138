package dev.minions.agent.guest;

import dev.minions.agent.protocol.Answer;
import dev.minions.agent.protocol.Failure;
import dev.minions.agent.protocol.Fields;
import dev.minions.agent.protocol.FrameReader;
import dev.minions.agent.protocol.ProtocolException;
import dev.minions.agent.protocol.Request;
import dev.minions.agent.protocol.StreamData;
import dev.minions.agent.protocol.StreamRequest;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * One host at the other end, from its first frame to its last. The thread that reads does nothing that waits: requests
 * with an id are answered by threads of their own, those without one in order by another.
 */
final class Session {
    private static final int MAX_COMMANDS = 64;
    private static final int MAX_CALLS = 32;
    private static final int MAX_IN_ORDER = 64;

    /**
     * What waits to be answered in order; neither once nothing more will come.
     *
     * @param request what was asked, or null
     * @param refusal the answer to what was no request, which must not overtake those before it, or null
     */
    private record Queued(
            @Nullable Request request, @Nullable Answer refusal) {
        static final Queued END = new Queued(null, null);
    }

    private final FrameReader frames;
    private final Outbox.Lane lane;
    private final Services services;
    private final BlockingQueue<Queued> inOrder = new ArrayBlockingQueue<>(MAX_IN_ORDER);
    private final Map<Integer, RunningCommand> commands = new HashMap<>();
    private int calls;
    private @Nullable Thread orderly;
    private @Nullable PlainExec plain;
    private boolean lost;

    Session(FrameReader frames, Outbox.Lane lane, Services services) {
        this.frames = frames;
        this.lane = lane;
        this.services = services;
    }

    /**
     * Serves until the host ends the stream.
     *
     * @throws ProtocolException if what it sends is no frames
     * @throws IOException if the stream broke
     */
    void serve() throws IOException, InterruptedException {
        for (byte[] payload = frames.next(); payload != null; payload = frames.next()) {
            if (StreamData.isStreamData(payload)) {
                input(StreamData.parse(payload));
            } else {
                request(payload);
            }
        }
    }

    /** The host is gone: kills what ran for it. */
    void lose() {
        List<RunningCommand> orphans;
        PlainExec running;
        synchronized (this) {
            lost = true;
            orphans = List.copyOf(commands.values());
            commands.clear();
            running = plain;
        }
        inOrder.clear();
        for (RunningCommand orphan : orphans) {
            orphan.close();
        }
        if (running != null) {
            Threads.start("kill-exec", running::cancel);
        }
        finishInOrder();
    }

    /** No more requests come. Those without an id are still answered: a host may close its half once it has asked. */
    void finish() throws InterruptedException {
        List<RunningCommand> orphans;
        synchronized (this) {
            orphans = List.copyOf(commands.values());
            commands.clear();
        }
        for (RunningCommand orphan : orphans) {
            orphan.close();
        }
        finishInOrder();
        Thread last = orderly;
        if (last != null) {
            last.join();
        }
        try {
            lane.awaitWritten();
        } catch (IOException e) {
            lose(); // it did not wait for its answers
        }
    }

    private void finishInOrder() {
        if (orderly != null && !inOrder.offer(Queued.END)) {
            Threads.start("end-of-requests", this::offerEnd);
        }
    }

    private void offerEnd() {
        try {
            inOrder.put(Queued.END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void input(StreamData data) throws ProtocolException {
        RunningCommand command = command(data.id());
        if (command != null && data.channel() == StreamData.Channel.STDIN) {
            command.input().add(data);
        }
    }

    private synchronized @Nullable RunningCommand command(int id) {
        return commands.get(id);
    }

    private void request(byte[] payload) throws IOException, InterruptedException {
        Integer id = null;
        try {
            Fields fields = Fields.parse(payload);
            id = fields.optionalInt("id");
            Request request = Request.parse(fields);
            if (request == null) {
                String type = Fields.printable(fields.string("type"));
                refuse(id, new Answer.Failed(Failure.UNKNOWN_TYPE, "this agent does not know '" + type + "'"));
            } else if (request instanceof StreamRequest about) {
                stream(id, about);
            } else if (id == null) {
                queue(new Queued(request, null));
            } else {
                call(id, request);
            }
        } catch (ProtocolException e) {
            refuse(id, new Answer.Failed(Failure.BAD_REQUEST, String.valueOf(e.getMessage())));
        }
    }

    private void refuse(@Nullable Integer id, Answer refusal) throws IOException, InterruptedException {
        if (id == null) {
            queue(new Queued(null, refusal));
        } else {
            answer(id, refusal);
        }
    }

    private void stream(@Nullable Integer id, StreamRequest request) throws IOException, InterruptedException {
        if (id == null) {
            throw new ProtocolException("'" + request.type() + "' needs an id");
        }
        if (request instanceof StreamRequest.ExecStart start) {
            begin(id, start);
            return;
        }
        RunningCommand command = command(id);
        if (command == null) {
            return; // it has ended, and its end and this have crossed
        }
        if (request instanceof StreamRequest.Window window) {
            command.grant(window.channel(), window.bytes());
        } else if (request instanceof StreamRequest.ExecStdinClose) {
            command.input().end();
        } else if (request instanceof StreamRequest.ExecSignal signal) {
            command.signal(signal.signal());
        } else if (request instanceof StreamRequest.ExecClose) {
            over(id);
            command.close();
        }
    }

    private void begin(int id, StreamRequest.ExecStart start) throws IOException, InterruptedException {
        RunningCommand command = new RunningCommand(id, start, services.spawner(), lane, this::over);
        boolean taken;
        boolean full;
        synchronized (this) {
            full = commands.size() >= MAX_COMMANDS;
            taken = commands.containsKey(id);
            if (!full && !taken) {
                commands.put(id, command);
            }
        }
        if (full) {
            answer(id, new Answer.Failed(Failure.BUSY, MAX_COMMANDS + " commands of this host run already"));
        } else if (taken) {
            answer(id, new Answer.Failed(Failure.BAD_REQUEST, "id " + id + " is a command that still runs"));
        } else {
            command.start();
        }
    }

    private synchronized void over(int id) {
        commands.remove(id);
    }

    private void call(int id, Request request) throws IOException, InterruptedException {
        boolean busy;
        synchronized (this) {
            busy = calls >= MAX_CALLS;
            calls += busy ? 0 : 1;
        }
        if (busy) {
            answer(id, new Answer.Failed(Failure.BUSY, MAX_CALLS + " requests of this host are under way already"));
        } else {
            Threads.start("call-" + id, () -> {
                fulfil(id, request);
                called();
            });
        }
    }

    private synchronized void called() {
        calls--;
    }

    private void queue(Queued next) throws InterruptedException {
        if (orderly == null) {
            orderly = Threads.start("requests", this::fulfilInOrder);
        }
        inOrder.put(next);
    }

    private void fulfilInOrder() {
        try {
            for (Queued next = inOrder.take(); !next.equals(Queued.END); next = inOrder.take()) {
                if (next.refusal() != null) {
                    say(null, next.refusal());
                } else if (next.request() != null) {
                    fulfil(null, next.request());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void fulfil(@Nullable Integer id, Request request) {
        try {
            say(id, outcome(request));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void say(@Nullable Integer id, Answer answer) throws InterruptedException {
        try {
            answer(id, answer);
        } catch (IOException e) {
            Log.say("answer a host", e);
        }
    }

    private Answer outcome(Request request) throws InterruptedException {
        try {
            return request instanceof Request.Exec exec ? exec(exec) : services.fulfil(request);
        } catch (GuestFailure e) {
            return e.answer();
        } catch (IOException e) {
            return new Answer.Failed(Failure.FAILED, request.type() + ": " + e.getMessage());
        } catch (RuntimeException e) { // the outermost loop of whatever was asked: the host must hear something
            Log.say("fulfil '" + request.type() + "'", e);
            return new Answer.Failed(Failure.FAILED, request.type() + ": " + e);
        }
    }

    private Answer exec(Request.Exec exec) throws GuestFailure, InterruptedException {
        PlainExec running = new PlainExec(services.spawner());
        synchronized (this) {
            if (lost) {
                throw new GuestFailure(Failure.FAILED, "the host is gone");
            }
            plain = running;
        }
        return running.run(exec.command());
    }

    private void answer(@Nullable Integer id, Answer answer) throws IOException, InterruptedException {
        byte[] frame;
        try {
            frame = Answer.encode(id, answer);
        } catch (ProtocolException e) {
            frame = Answer.encode(id, new Answer.Failed(Failure.FAILED, String.valueOf(e.getMessage())));
        }
        lane.put(frame);
    }
}
