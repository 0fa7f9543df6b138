package dev.minions.hypervisor.qemu;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.GuestChannel;
import dev.minions.spi.GuestConnection;
import dev.minions.spi.process.LaunchedProcess;
import dev.minions.spi.process.UnixStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The way to the agent through a virtual serial device: a port and a Unix socket for each lane.
 *
 * <p>A connection is to QEMU and opens at once where nobody else has the lane. What is written waits there until the
 * guest opens the port.
 */
final class SerialChannel implements GuestChannel {
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final VmmFiles files;
    private final LaunchedProcess process;

    SerialChannel(VmmFiles files, LaunchedProcess process) {
        this.files = files;
        this.process = process;
    }

    @Override
    public Framing framing() {
        return Framing.STREAM;
    }

    @Override
    public int lanes() {
        return VmmFiles.LANES;
    }

    @Override
    public GuestConnection open(int lane, Duration limit) {
        if (lane < 0 || lane >= VmmFiles.LANES) {
            throw new IllegalArgumentException("a lane must be 0 to " + (VmmFiles.LANES - 1) + ", got " + lane);
        }
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            awaitUnused(lane, deadline);
            SocketChannel channel = UnixStream.connectChannel(files.lane(lane), deadline);
            channel.configureBlocking(true);
            return GuestConnection.over(channel);
        } catch (ClosedByInterruptException e) {
            throw new MinionsException(ErrorCode.CALL_INTERRUPTED, message(lane) + ": interrupted", e);
        } catch (SocketTimeoutException e) {
            throw new MinionsException(
                    ErrorCode.AGENT_TIMEOUT, message(lane) + ": not free within " + limit.toMillis() + " ms", e);
        } catch (IOException e) {
            ErrorCode code = process.isAlive() ? ErrorCode.HYPERVISOR_ERROR : ErrorCode.VMM_EXITED;
            throw new MinionsException(code, message(lane) + ": " + e.getMessage(), e);
        }
    }

    /**
     * QEMU takes one client and leaves the next in a queue, which looks like a connection from outside. So it is asked
     * first. It tells nobody when a client goes.
     */
    private void awaitUnused(int lane, long deadline) throws IOException {
        var control = new QmpControl(files);
        long pause = FIRST_PAUSE_NANOS;
        while (!control.isUnused(VmmFiles.laneName(lane), deadline)) {
            UnixStream.requireTime(deadline, "another has it");
            LockSupport.parkNanos(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
        }
    }

    private String message(int lane) {
        return "open lane " + lane + " of vm " + files.place().vm();
    }

    @Override
    public boolean awaitCall(Duration limit) {
        return true; // what is written waits for the guest
    }
}
