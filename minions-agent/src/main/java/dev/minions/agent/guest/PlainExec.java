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
    /**
     * How many at a time keep more than {@link #LITTLE} of an output; others wait. Each may hold two streams and its
     * answer in memory. Commands that write little, however long they run, wait for nobody.
     */
    private static final Semaphore KEEPING_MUCH = new Semaphore(3);

    private static final int LITTLE = 16 * 1024;
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
        ProcessGroup started = spawner.start(spec, false);
        boolean unwanted;
        synchronized (this) {
            group = started;
            unwanted = cancelled;
        }
        if (unwanted) {
            started.signal(ProcessGroup.KILL);
        }
        Leave leave = new Leave();
        try {
            return collect(started, spec.timeoutMillis(), leave);
        } finally {
            leave.giveBack();
        }
    }

    private static Answer collect(ProcessGroup group, long timeoutMillis, Leave leave) throws InterruptedException {
        Kept out = new Kept(group.stdout(), leave);
        Kept err = new Kept(group.stderr(), leave);
        Thread outReader = Threads.start("exec-stdout", out::read);
        Thread errReader = Threads.start("exec-stderr", err::read);
        ProcessGroup.End end = group.await(timeoutMillis);
        do {
            leave.awaitIfAsked();
            outReader.join(GRACE_MILLIS); // what a process left behind may still write is not waited for
            errReader.join(GRACE_MILLIS);
        } while (leave.isAwaited());
        return answer(end, out, err);
    }

    /** Leave for one command to keep much of its outputs, from the first that asks until its answer is made. */
    private static final class Leave {
        private volatile boolean asked;
        private volatile boolean given;
        private boolean over;

        /** Waits for it; false if the answer has been made meanwhile. */
        boolean take() throws InterruptedException {
            asked = true;
            synchronized (this) {
                if (!given && !over) {
                    KEEPING_MUCH.acquire();
                    given = true;
                }
                return !over;
            }
        }

        boolean isAwaited() {
            return asked && !given;
        }

        void awaitIfAsked() throws InterruptedException {
            if (isAwaited()) {
                take();
            }
        }

        synchronized void giveBack() {
            over = true;
            if (given) {
                given = false;
                KEEPING_MUCH.release();
            }
        }
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
        private final Leave leave;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private long total;

        Kept(OutputPipe pipe, Leave leave) {
            this.pipe = pipe;
            this.leave = leave;
        }

        void read() {
            pipe.drain(new byte[16 * 1024], this::add);
        }

        private void add(byte[] chunk, int length) throws InterruptedException {
            int most = size() + length <= LITTLE || leave.take() ? KEEP : LITTLE;
            synchronized (this) {
                total += length;
                kept.write(chunk, 0, Math.max(0, Math.min(length, most - kept.size())));
            }
        }

        private synchronized int size() {
            return kept.size();
        }

        synchronized byte[] beginning() {
            return kept.toByteArray();
        }

        synchronized long total() {
            return total;
        }
    }
}
