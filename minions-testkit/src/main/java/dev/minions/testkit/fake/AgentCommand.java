package dev.minions.testkit.fake;

import dev.minions.agent.protocol.Answer;
import dev.minions.agent.protocol.CommandSpec;
import dev.minions.agent.protocol.Event;
import dev.minions.agent.protocol.Protocol;
import dev.minions.agent.protocol.StreamData;
import dev.minions.agent.protocol.StreamData.Channel;
import dev.minions.agent.protocol.StreamRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A command whose streams travel while it runs, with a thread of its own. */
final class AgentCommand {
    static final int KILL = 9;

    private static final int SIGNAL_BASE = 128;

    private final int id;
    private final StreamRequest.ExecStart request;
    private final AgentOutput output;
    private final IntConsumer over;
    /** Holds all that the host may send unasked, so that whoever reads from the host never waits for a command. */
    private final Pipe stdin = new Pipe(Protocol.STREAM_WINDOW);

    private final Semaphore stdout;
    private final Semaphore stderr;
    private volatile int signal;
    private volatile boolean timedOut;
    private @Nullable Thread runner;

    AgentCommand(int id, StreamRequest.ExecStart request, AgentOutput output, IntConsumer over) {
        this.id = id;
        this.request = request;
        this.output = output;
        this.over = over;
        this.stdout = new Semaphore(request.window());
        this.stderr = new Semaphore(request.window());
    }

    void start(FakeCommand command) {
        Thread thread = Thread.ofVirtual().name("fake-command-" + id).unstarted(() -> serve(command));
        runner = thread;
        thread.start();
        long limit = request.command().timeoutMillis();
        if (limit > 0) {
            Thread.ofVirtual().start(() -> killAfter(thread, Duration.ofMillis(limit)));
        }
    }

    private void killAfter(Thread thread, Duration limit) {
        try {
            if (!thread.join(limit)) {
                timedOut = true;
                signal(KILL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void input(StreamData data) {
        try {
            if (data.isEnd()) {
                stdin.close();
            } else {
                stdin.write(data.payload(), StreamData.HEADER, data.length(), () -> false);
            }
        } catch (IOException e) {
            return; // it does not read any more
        }
    }

    void about(StreamRequest about) {
        if (about instanceof StreamRequest.Window window) {
            (window.channel() == Channel.STDERR ? stderr : stdout).release(window.bytes());
        } else if (about instanceof StreamRequest.ExecStdinClose) {
            stdin.close();
        } else if (about instanceof StreamRequest.ExecSignal asked) {
            signal(asked.signal());
        } else if (about instanceof StreamRequest.ExecClose) {
            signal(KILL);
        }
    }

    /** Every signal ends it: a fake command catches none. */
    void signal(int number) {
        signal = number;
        stdin.close();
        if (runner != null) {
            runner.interrupt();
        }
    }

    private void serve(FakeCommand command) {
        try {
            CommandSpec spec = request.command();
            if (!request.stdin()) {
                stdin.close();
            }
            output.put(Answer.encode(id, new Answer.Started(1000L + id, Protocol.STREAM_WINDOW)));
            int code = run(command, spec);
            boolean killed = signal != 0;
            Thread.interrupted(); // it has ended; what is left to say is said all the same
            over.accept(id);
            var end = killed
                    ? new Event.ExecExit(SIGNAL_BASE + signal, signal, timedOut)
                    : new Event.ExecExit(code, null, false);
            output.put(Event.encode(id, end));
            output.put(StreamData.encode(Channel.STDOUT, id, new byte[0], 0, 0));
            output.put(StreamData.encode(Channel.STDERR, id, new byte[0], 0, 0));
        } catch (IOException e) {
            over.accept(id); // the host has gone
        }
    }

    private int run(FakeCommand command, CommandSpec spec) throws IOException {
        var call = new FakeCommand.Call(
                AgentSession.argv(spec),
                spec.env(),
                new Input(),
                new Output(Channel.STDOUT, stdout),
                new Output(Channel.STDERR, stderr));
        try {
            return command.run(call);
        } catch (InterruptedException | InterruptedIOException e) {
            return SIGNAL_BASE + KILL;
        }
    }

    /** Grants the host what was read. */
    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, target.length);
            int count = length == 0 ? 0 : stdin.read(target, offset, length, () -> false);
            if (count > 0) {
                output.put(Event.encode(id, new Event.InputWindow(count)));
            }
            return count;
        }
    }

    /** Waits for the host's leave. */
    private final class Output extends OutputStream {
        private final Channel channel;
        private final Semaphore credit;

        Output(Channel channel, Semaphore credit) {
            this.channel = channel;
            this.credit = credit;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, source.length);
            int sent = 0;
            while (sent < length) {
                int piece = take(Math.min(length - sent, StreamData.MAX_DATA));
                output.put(StreamData.encode(channel, id, source, offset + sent, piece));
                sent += piece;
            }
        }

        private int take(int most) throws IOException {
            try {
                credit.acquire();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("killed");
            }
            int there = 1 + credit.drainPermits();
            int taken = Math.min(there, most);
            credit.release(there - taken);
            return taken;
        }
    }
}
