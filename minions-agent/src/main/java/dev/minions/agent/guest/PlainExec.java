package dev.minions.agent.guest;

import dev.minions.agent.protocol.Answer;
import dev.minions.agent.protocol.CommandSpec;
import dev.minions.agent.protocol.FrameReader;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The {@code exec} that existing hosts know: all output in one answer, so the answer must fit a frame. Each stream gets
 * what the other leaves of it, and at least half.
 */
final class PlainExec {
    /** How many at a time collect output; others wait. Each may hold two streams and its answer in memory. */
    private static final Semaphore COLLECTING = new Semaphore(3);

    private static final int KEEP = 512 * 1024;
    private static final int GRACE_MILLIS = 500;

    /** What an answer needs beside the two texts. */
    private static final int OVERHEAD = 2048;

    private final Spawner spawner;
    private @Nullable ProcessGroup group;
    private boolean cancelled;

    PlainExec(Spawner spawner) {
        this.spawner = spawner;
    }

    /** Kills the command, from any thread. */
    void cancel() {
        ProcessGroup running;
        synchronized (this) {
            cancelled = true;
            running = group;
        }
        if (running != null) {
            running.signal(ProcessGroup.KILL);
        }
    }

    Answer run(CommandSpec spec) throws GuestFailure, InterruptedException {
        COLLECTING.acquire();
        try {
            ProcessGroup started = spawner.start(spec, false);
            boolean unwanted;
            synchronized (this) {
                group = started;
                unwanted = cancelled;
            }
            if (unwanted) {
                started.signal(ProcessGroup.KILL);
            }
            return collect(started, spec.timeoutMillis());
        } finally {
            COLLECTING.release();
        }
    }

    private static Answer collect(ProcessGroup group, long timeoutMillis) throws InterruptedException {
        Kept out = new Kept(group.stdout());
        Kept err = new Kept(group.stderr());
        Thread outReader = Threads.start("exec-stdout", out::read);
        Thread errReader = Threads.start("exec-stderr", err::read);
        ProcessGroup.End end = group.await(timeoutMillis);
        outReader.join(GRACE_MILLIS); // what a process left behind may still write is not waited for
        errReader.join(GRACE_MILLIS);
        return answer(end, out, err);
    }

    private static Answer answer(ProcessGroup.End end, Kept out, Kept err) {
        byte[] stdout = out.beginning();
        byte[] stderr = err.beginning();
        long room = FrameReader.MAX_LENGTH - OVERHEAD;
        long half = room / 2;
        long outNeeds = Utf8.escapedLength(stdout, stdout.length);
        long errNeeds = Utf8.escapedLength(stderr, stderr.length);
        Text outText = Text.of(stdout, out.total(), Math.max(half, room - errNeeds));
        Text errText = Text.of(stderr, err.total(), Math.max(half, room - outNeeds));
        int code = end.signal() == null ? end.code() : Answer.Output.KILLED;
        return new Answer.Output(
                code, end.signal(), end.timedOut(), outText.utf8, errText.utf8, outText.cut || errText.cut);
    }

    /** A stream's text, with a last line that says so if it is cut: hosts that do not know the field show the text. */
    @SuppressWarnings("ArrayRecordComponent") // written into the answer at once
    private record Text(byte[] utf8, boolean cut) {
        private static final int MARK = 80;

        static Text of(byte[] kept, long total, long budget) {
            Utf8.Text text = Utf8.fit(kept, kept.length, budget);
            if (text.consumed() == total) {
                return new Text(text.utf8(), false);
            }
            text = Utf8.fit(kept, kept.length, budget - MARK);
            byte[] mark = Utf8.ascii("\n[output truncated: " + (total - text.consumed()) + " bytes more]\n");
            byte[] marked = Arrays.copyOf(text.utf8(), text.utf8().length + mark.length);
            System.arraycopy(mark, 0, marked, text.utf8().length, mark.length);
            return new Text(marked, true);
        }
    }

    /** The beginning of a stream, and how long it was. */
    private static final class Kept {
        private final OutputPipe pipe;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private long total;

        Kept(OutputPipe pipe) {
            this.pipe = pipe;
        }

        void read() {
            pipe.drain(new byte[16 * 1024], this::add);
        }

        private synchronized void add(byte[] chunk, int length) {
            total += length;
            kept.write(chunk, 0, Math.min(length, KEEP - kept.size()));
        }

        synchronized byte[] beginning() {
            return kept.toByteArray();
        }

        synchronized long total() {
            return total;
        }
    }
}
