package dev.minions.agent.guest;

import dev.minions.agent.protocol.Answer;
import dev.minions.agent.protocol.Event;
import dev.minions.agent.protocol.StreamData;
import dev.minions.agent.protocol.StreamData.Channel;
import dev.minions.agent.protocol.StreamRequest;
import java.io.IOException;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One command of {@code exec_start}: started, watched, its streams carried. Whoever is slow, the host that reads or the
 * command that does, holds up this command alone.
 */
final class RunningCommand {
    private static final int STREAMS = 2;

    private final int id;
    private final StreamRequest.ExecStart request;
    private final Spawner spawner;
    private final Outbox.Lane lane;
    private final IntConsumer over;
    private final InputPump input;
    private final Credit stdout;
    private final Credit stderr;
    private int pending = STREAMS;
    private boolean closed;
    private boolean ended;
    private @Nullable ProcessGroup group;

    RunningCommand(int id, StreamRequest.ExecStart request, Spawner spawner, Outbox.Lane lane, IntConsumer over) {
        this.id = id;
        this.request = request;
        this.spawner = spawner;
        this.lane = lane;
        this.over = over;
        this.input = new InputPump(id, lane);
        this.stdout = new Credit(request.window());
        this.stderr = new Credit(request.window());
    }

    void start() {
        Threads.start("command-" + id, this::run);
    }

    InputPump input() {
        return input;
    }

    void grant(Channel channel, int bytes) {
        (channel == Channel.STDERR ? stderr : stdout).grant(bytes);
    }

    /** A signal for the group, from a thread of its own: it starts a process. */
    void signal(int number) {
        ProcessGroup target = running();
        if (target != null) {
            Threads.start("signal-" + id, () -> target.signal(number));
        }
    }

    private synchronized @Nullable ProcessGroup running() {
        return ended ? null : group;
    }

    /**
     * Nobody wants to know any more. If it still runs it is killed with its group. What a command that had ended left
     * behind lives on, and its output is read and dropped, so that it does not die of it.
     */
    void close() {
        ProcessGroup target;
        synchronized (this) {
            closed = true;
            target = ended ? null : group;
        }
        input.close();
        stdout.close();
        stderr.close();
        if (target != null) {
            Threads.start("kill-" + id, () -> target.signal(ProcessGroup.KILL));
        }
    }

    private void run() {
        try {
            ProcessGroup started = spawner.start(request.command(), request.stdin());
            if (adopt(started)) {
                started.signal(ProcessGroup.KILL); // it was closed before it ran
            }
            serve(started);
        } catch (GuestFailure e) {
            over.accept(id);
            answer(e.answer());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean adopt(ProcessGroup started) {
        group = started;
        return closed;
    }

    private void serve(ProcessGroup started) throws InterruptedException {
        Process process = started.process();
        answer(new Answer.Started(process.pid(), InputPump.WINDOW));
        Threads.start("stdout-" + id, () -> pump(started.stdout(), Channel.STDOUT, stdout));
        Threads.start("stderr-" + id, () -> pump(started.stderr(), Channel.STDERR, stderr));
        if (request.stdin()) {
            Threads.start("stdin-" + id, () -> input.pump(process.getOutputStream()));
        }
        ProcessGroup.End end = started.await(request.command().timeoutMillis());
        synchronized (this) {
            ended = true;
        }
        input.close();
        put(() -> Event.encode(id, new Event.ExecExit(end.code(), end.signal(), end.timedOut())));
        streamOver();
    }

    private void pump(OutputPipe pipe, Channel channel, Credit credit) {
        byte[] buffer = new byte[StreamData.MAX_DATA];
        pipe.drain(buffer, (chunk, length) -> send(channel, chunk, length, credit));
        put(() -> StreamData.encode(channel, id, buffer, 0, 0));
        streamOver();
    }

    private void send(Channel channel, byte[] chunk, int length, Credit credit) throws InterruptedException {
        int sent = 0;
        while (sent < length) {
            int leave = credit.take(length - sent);
            if (leave == 0) {
                return; // read on, for the sake of whoever writes
            }
            int from = sent;
            put(() -> StreamData.encode(channel, id, chunk, from, leave));
            sent += leave;
        }
    }

    /** The exit and both ends have been said: the id is free. */
    private void streamOver() {
        synchronized (this) {
            if (pending-- > 0) {
                return;
            }
        }
        over.accept(id);
    }

    private void answer(Answer answer) {
        put(() -> Answer.encode(id, answer));
    }

    private interface Frame {
        byte[] encode() throws IOException;
    }

    private void put(Frame frame) {
        try {
            lane.put(frame.encode());
        } catch (IOException e) {
            close(); // the host is gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
