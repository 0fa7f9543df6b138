package dev.minions.cli;

import java.time.Duration;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What Ctrl-C, {@code kill} and a lost terminal do. The first one interrupts the thread that works, whose call then
 * undoes what it had begun; later ones say what is still being undone. While a command of the guest runs in the
 * foreground, the first two go to it instead.
 */
final class Signals {
    private static final int MOST_PASSED_ON = 2;

    private final Thread worker;
    private final SignalSource source;
    private final Screen screen;
    private @Nullable IntConsumer guest;
    private int passedOn;
    private boolean ended;
    private int received;
    private long receivedAt;

    /** For the thread that calls it. */
    Signals(Screen screen, SignalSource source) {
        this.worker = Thread.currentThread();
        this.source = source;
        this.screen = screen;
    }

    /** From now on signals come here and no longer end the JVM. */
    void listen() {
        source.listen(this::arrived);
    }

    /** A signal has come. */
    synchronized void arrived(int number) {
        if (guest != null && received == 0 && passedOn < MOST_PASSED_ON) {
            passedOn++;
            guest.accept(number);
        } else if (ended) {
            return; // the process ends in a moment
        } else if (received == 0) {
            received = number;
            receivedAt = System.nanoTime();
            worker.interrupt();
        } else {
            Duration since = Duration.ofNanos(System.nanoTime() - receivedAt);
            String step = screen.lastStep();
            screen.say("still undoing after " + Values.show(since) + (step.isEmpty() ? "" : " (" + step + ")")
                    + "; the next command would finish it if this one were killed");
        }
    }

    /** Passes signals on to a command of the guest, until {@link #keep}. */
    synchronized void passTo(IntConsumer command) {
        guest = command;
    }

    /** Passes no signals on any more. */
    synchronized void keep() {
        guest = null;
    }

    /** For the thread that works, when it has: whatever comes now, the thread is not interrupted any more. */
    synchronized void end() {
        ended = true;
        Thread.interrupted();
    }

    /** The signal that ended the work; 0 if none did. */
    synchronized int received() {
        return received;
    }
}
