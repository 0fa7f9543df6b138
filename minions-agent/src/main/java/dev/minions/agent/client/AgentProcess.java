package dev.minions.agent.client;

import dev.minions.ExitStatus;
import dev.minions.agent.client.AgentException.Reason;
import dev.minions.agent.protocol.Event;
import dev.minions.agent.protocol.Protocol;
import dev.minions.agent.protocol.ProtocolException;
import dev.minions.agent.protocol.StreamData;
import dev.minions.agent.protocol.StreamData.Channel;
import dev.minions.agent.protocol.StreamRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A command that runs in a guest. Its outputs are buffered up to {@link Protocol#STREAM_WINDOW} bytes each; then the
 * command waits until somebody reads, and no other command is held up.
 *
 * <p>Threads: one for each stream, and any number for the rest. An interrupted thread gets an
 * {@link InterruptedIOException} from a stream, and nothing else is disturbed.
 */
public final class AgentProcess implements AutoCloseable {
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private static final Deadline NEVER = Deadline.in(Duration.ofDays(36_500));

    private final Link link;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final StreamBuffer stdout = new StreamBuffer(Protocol.STREAM_WINDOW);
    private final StreamBuffer stderr = new StreamBuffer(Protocol.STREAM_WINDOW);
    private final OutputStream input = new Input();
    private final InputStream output = new Output(stdout, Channel.STDOUT);
    private final InputStream errors = new Output(stderr, Channel.STDERR);
    private int id;
    private long pid;
    private long credit;
    private boolean inputEnded;
    private boolean closed;
    private @Nullable ExitStatus status;
    private @Nullable AgentException lost;

    AgentProcess(Link link) {
        this.link = link;
    }

    /** Before the command is asked for. */
    void named(int newId) {
        id = newId;
    }

    /** When it runs. */
    void started(long newPid, int window, boolean withInput) {
        lock.lock();
        try {
            pid = newPid;
            credit += window;
            inputEnded |= !withInput;
        } finally {
            lock.unlock();
        }
    }

    /** Its process in the guest, which is also its process group. */
    public long pid() {
        return pid;
    }

    /** Where its standard input comes from; closing it is end of file. What is written is on its way at once. */
    public OutputStream stdin() {
        return input;
    }

    /** What it writes to its standard output; ends when it, and whoever it left it to, has closed it. */
    public InputStream stdout() {
        return output;
    }

    /** What it writes to its standard error; ends when it, and whoever it left it to, has closed it. */
    public InputStream stderr() {
        return errors;
    }

    /**
     * Sends the command, and every process of its group, a signal. Nothing happens if it has ended.
     *
     * @param number the signal's number in the guest, 1 to 64
     */
    public void signal(int number) throws IOException {
        if (number < 1 || number > 64) {
            throw new IllegalArgumentException("a signal's number must be 1 to 64, got " + number);
        }
        if (!isOver()) {
            link.tell(id, new StreamRequest.ExecSignal(number));
        }
    }

    /**
     * Waits until the command has ended. Its outputs need not have been read for that, unless it waits for it itself.
     *
     * @param limit how long to wait at most
     * @return how it ended; empty if it still runs
     * @throws AgentException {@code LOST} if the connection was lost, or this was closed, before it ended
     */
    public Optional<ExitStatus> waitFor(Duration limit) throws IOException, InterruptedException {
        Deadline deadline = Deadline.in(limit);
        lock.lock();
        try {
            while (status == null) {
                throwIfLost();
                if (deadline.hasPassed()) {
                    return Optional.empty();
                }
                await(deadline);
            }
            return Optional.of(status);
        } finally {
            lock.unlock();
        }
    }

    /** Kills the command, with its process group, if it runs, and drops what it wrote. May be called again. */
    @Override
    public void close() {
        boolean tell;
        lock.lock();
        try {
            tell = !closed && lost == null && !(status != null && stdout.isEnded() && stderr.isEnded());
            closed = true;
            stdout.clear();
            stderr.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        link.forget(id);
        if (tell) {
            try {
                link.tell(id, new StreamRequest.ExecClose());
            } catch (IOException e) {
                link.close(); // ends the command as well; a request this short always fits a frame
            }
        }
    }

    private boolean isOver() {
        lock.lock();
        try {
            return status != null || lost != null || closed;
        } finally {
            lock.unlock();
        }
    }

    private void throwIfLost() throws AgentException {
        if (lost != null) {
            throw new AgentException(lost.reason(), String.valueOf(lost.getMessage()), lost);
        }
        if (closed) {
            throw new AgentException(Reason.LOST, "the command in the guest was closed");
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the callers loop
    private void await(Deadline deadline) throws InterruptedException {
        changed.awaitNanos(Math.max(deadline.nanosLeft(), 1));
    }

    /** What its link calls. */
    Link.Channels channels() {
        return new Channels();
    }

    /**
     * Reads both outputs, keeping the beginning of each, until the command has ended and so have they. A process that it
     * left behind may hold them open for ever, or go on writing: once it has ended, silence of {@code grace} is the end
     * too, and so is {@link #LAST_WORDS}, by which all that it had written itself has come.
     */
    void collect(Collector out, Collector err, Duration grace, Deadline deadline)
            throws IOException, InterruptedException {
        Deadline quiet = deadline;
        Deadline last = deadline;
        boolean ended = false;
        while (true) {
            long got = drain(stdout, Channel.STDOUT, out) + drain(stderr, Channel.STDERR, err);
            lock.lock();
            try {
                if (status != null && !ended) {
                    last = Deadline.in(LAST_WORDS);
                }
                if (status != null && (got > 0 || !ended)) {
                    ended = true;
                    quiet = Deadline.in(grace);
                }
                boolean over = stdout.isEnded() && stderr.isEnded();
                if (status != null && (over || quiet.hasPassed() || last.hasPassed())) {
                    return;
                }
                throwIfLost();
                if (deadline.hasPassed()) {
                    throw new AgentException(Reason.TIMED_OUT, "the command did not end within " + deadline);
                }
                if (stdout.available() == 0 && stderr.available() == 0) {
                    await(quiet.nanosLeft() < deadline.nanosLeft() ? quiet : deadline);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private long drain(StreamBuffer buffer, Channel channel, Collector collector) throws IOException {
        byte[] chunk = collector.chunk();
        long total = 0;
        int count = takeNow(buffer, channel, chunk);
        while (count > 0) {
            collector.add(chunk, count);
            total += count;
            count = takeNow(buffer, channel, chunk);
        }
        return total;
    }

    private int takeNow(StreamBuffer buffer, Channel channel, byte[] target) throws IOException {
        int count;
        int grant;
        lock.lock();
        try {
            count = buffer.take(target, 0, target.length);
            grant = buffer.takeGrant();
        } finally {
            lock.unlock();
        }
        grant(channel, grant);
        return count;
    }

    private void grant(Channel channel, int bytes) throws IOException {
        if (bytes > 0) {
            link.tell(id, new StreamRequest.Window(channel, bytes));
        }
    }

    /** The side that the link's reading thread sees. */
    private final class Channels implements Link.Channels {
        @Override
        public void data(StreamData data) throws ProtocolException {
            lock.lock();
            try {
                if (data.channel() == Channel.STDIN) {
                    inputEnded = true;
                } else {
                    take(data.channel() == Channel.STDOUT ? stdout : stderr, data);
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        private void take(StreamBuffer buffer, StreamData data) throws ProtocolException {
            if (data.isEnd()) {
                buffer.end();
            } else if (!closed && !buffer.add(data.payload(), StreamData.HEADER, data.length())) {
                throw new ProtocolException("the guest sent more of a command's output than it was granted");
            }
        }

        @Override
        public void event(Event event) {
            lock.lock();
            try {
                if (event instanceof Event.ExecExit exit && status == null) {
                    status = statusOf(exit);
                } else if (event instanceof Event.InputWindow more) {
                    credit += more.bytes();
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        private ExitStatus statusOf(Event.ExecExit exit) {
            if (exit.timedOut()) {
                return new ExitStatus.TimedOut();
            }
            Integer signal = exit.signal();
            return signal == null || signal == 0
                    ? ExitStatus.exited(exit.exitCode() & 0xFF)
                    : new ExitStatus.Signalled(signal);
        }

        @Override
        public void lost(AgentException why) {
            lock.lock();
            try {
                lost = why;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private final class Output extends InputStream {
        private final StreamBuffer buffer;
        private final Channel channel;

        Output(StreamBuffer buffer, Channel channel) {
            this.buffer = buffer;
            this.channel = channel;
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
            int count;
            int grant;
            lock.lock();
            try {
                count = buffer.take(target, offset, length);
                while (count == 0) {
                    throwIfLost();
                    await(NEVER);
                    count = buffer.take(target, offset, length);
                }
                grant = buffer.takeGrant();
            } catch (InterruptedException e) {
                throw interrupted("reading a command's output");
            } finally {
                lock.unlock();
            }
            grant(channel, grant);
            return count;
        }

        @Override
        public int available() {
            lock.lock();
            try {
                return buffer.available();
            } finally {
                lock.unlock();
            }
        }
    }

    private final class Input extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] data, int offset, int length) throws IOException {
            int at = offset;
            int left = length;
            try {
                while (left > 0) {
                    int count = awaitCredit(Math.min(left, StreamData.MAX_DATA));
                    link.send(StreamData.encode(Channel.STDIN, id, data, at, count), NEVER);
                    at += count;
                    left -= count;
                }
            } catch (InterruptedException e) {
                throw interrupted("writing a command's input");
            }
        }

        private int awaitCredit(int most) throws IOException, InterruptedException {
            lock.lock();
            try {
                while (credit == 0) {
                    throwIfDeaf();
                    await(NEVER);
                }
                throwIfDeaf();
                int count = (int) Math.min(credit, most);
                credit -= count;
                return count;
            } finally {
                lock.unlock();
            }
        }

        private void throwIfDeaf() throws IOException {
            throwIfLost();
            if (inputEnded || status != null) {
                throw new IOException("the command in the guest does not read its input any more");
            }
        }

        @Override
        public void close() throws IOException {
            boolean tell;
            lock.lock();
            try {
                tell = !inputEnded && status == null && lost == null && !closed;
                inputEnded = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            if (tell) {
                link.tell(id, new StreamRequest.ExecStdinClose());
            }
        }
    }

    private static InterruptedIOException interrupted(String doing) {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while " + doing);
    }
}
