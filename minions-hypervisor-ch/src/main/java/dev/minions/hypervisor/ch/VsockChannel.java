package dev.minions.hypervisor.ch;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.GuestChannel;
import dev.minions.spi.GuestConnection;
import dev.minions.spi.process.LaunchedProcess;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;

/**
 * The way to the agent through the Unix socket that leads to the guest's vsock. It is silent in every failure, so each
 * attempt has a deadline of its own, and a connection of its own.
 *
 * <p>Who wants to know whether a guest is up waits for its call. For an agent that does not call there are a few
 * attempts besides: when the guest's driver comes up, which the VMM reports, and then less and less often.
 */
final class VsockChannel implements GuestChannel {
    private static final int AGENT_PORT = 1024;
    private static final Duration ATTEMPT = Duration.ofSeconds(1);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final ChFiles files;
    private final LaunchedProcess process;
    private final Watches watches;
    private final Optional<ReadyCall> call;

    VsockChannel(ChFiles files, LaunchedProcess process, Watches watches, Optional<ReadyCall> call) {
        this.files = files;
        this.process = process;
        this.watches = watches;
        this.call = call;
    }

    @Override
    public Framing framing() {
        return Framing.CONNECTIONS;
    }

    @Override
    public int lanes() {
        return 0;
    }

    @Override
    public GuestConnection open(int lane, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            Optional<SocketChannel> now = attempt(deadline);
            SocketChannel channel = now.isPresent() ? now.get() : openLater(deadline, limit);
            channel.configureBlocking(true);
            return GuestConnection.over(channel);
        } catch (ClosedByInterruptException e) {
            throw new MinionsException(ErrorCode.CALL_INTERRUPTED, message() + ": interrupted", e);
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.HYPERVISOR_ERROR, message() + ": " + e.getMessage(), e);
        }
    }

    private SocketChannel openLater(long deadline, Duration limit) throws IOException {
        requireAlive();
        try (Watches.Watch watch = watches.of(files.log().directory())) {
            Duration pause = FIRST_PAUSE;
            while (!left(deadline).isZero()) {
                watch.await(shorter(pause, left(deadline)));
                Optional<SocketChannel> channel = attempt(deadline);
                if (channel.isPresent()) {
                    return channel.get();
                }
                requireAlive();
                pause = shorter(pause.multipliedBy(2), LONGEST_PAUSE);
            }
            throw new MinionsException(
                    ErrorCode.AGENT_TIMEOUT, message() + ": no answer within " + limit.toMillis() + " ms");
        }
    }

    /** Empty if nobody answers now. */
    private Optional<SocketChannel> attempt(long deadline) throws IOException {
        long limit = System.nanoTime() + shorter(ATTEMPT, left(deadline)).toNanos();
        try {
            return Optional.of(Handshake.connect(files.vsock(), AGENT_PORT, limit));
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            return Optional.empty(); // closed without a word, silent, or not there: all mean "not now"
        }
    }

    private void requireAlive() {
        if (!process.isAlive()) {
            throw new MinionsException(ErrorCode.VMM_EXITED, message() + ": its vmm has ended");
        }
    }

    private String message() {
        return "connect to the agent of vm " + files.place().vm();
    }

    @Override
    public boolean awaitCall(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        try (Watches.Watch watch = watches.of(files.log().directory())) {
            call.ifPresent(ready -> ready.onCall(watch::wake));
            LaunchedProcess.Watch death = process.onExit(exit -> watch.wake());
            try {
                return awaitCall(watch, deadline);
            } finally {
                death.close();
            }
        } catch (ClosedByInterruptException e) {
            throw new MinionsException(ErrorCode.CALL_INTERRUPTED, message() + ": interrupted", e);
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.HYPERVISOR_ERROR, message() + ": " + e.getMessage(), e);
        }
    }

    private boolean awaitCall(Watches.Watch watch, long deadline) throws IOException {
        Duration pause = FIRST_PAUSE;
        while (process.isAlive()) {
            if (isCalled()) {
                return true;
            }
            boolean drives = EventLog.of(files.log()).isActive(MachineConfig.VSOCK);
            // Who did not start the VMM has no call to wait for, and the log may have been cut: it tries all the same.
            if ((drives || call.isEmpty()) && answers(deadline)) {
                return true;
            }
            if (left(deadline).isZero()) {
                return false;
            }
            Duration next = drives ? pause : LONGEST_PAUSE;
            watch.await(shorter(next, left(deadline)));
            pause = drives ? shorter(pause.multipliedBy(2), LONGEST_PAUSE) : FIRST_PAUSE;
        }
        return false;
    }

    private boolean isCalled() {
        return call.filter(ReadyCall::isCalled).isPresent();
    }

    private boolean answers(long deadline) throws IOException {
        Optional<SocketChannel> channel = attempt(deadline);
        if (channel.isPresent()) {
            channel.get().close();
        }
        return channel.isPresent();
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
