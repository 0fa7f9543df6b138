package dev.minions.hypervisor.qemu;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.GuestChannel;
import dev.minions.spi.GuestConnection;
import dev.minions.spi.process.LaunchedProcess;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * The way to the agent through a virtual serial device: a port and a Unix socket for each lane.
 *
 * <p>A connection is to QEMU and opens at once. What is written waits there until the guest opens the port; and until
 * whoever had the lane before has gone, for QEMU takes one client and lets the others wait.
 */
final class SerialChannel implements GuestChannel {
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
        try {
            SocketChannel channel = UnixStream.connectChannel(files.lane(lane), System.nanoTime() + limit.toNanos());
            channel.configureBlocking(true);
            return new SocketConnection(channel);
        } catch (ClosedByInterruptException e) {
            throw new MinionsException(ErrorCode.CALL_INTERRUPTED, message(lane) + ": interrupted", e);
        } catch (SocketTimeoutException e) {
            throw new MinionsException(
                    ErrorCode.AGENT_TIMEOUT, message(lane) + ": busy for " + limit.toMillis() + " ms", e);
        } catch (IOException e) {
            ErrorCode code = process.isAlive() ? ErrorCode.HYPERVISOR_ERROR : ErrorCode.VMM_EXITED;
            throw new MinionsException(code, message(lane) + ": " + e.getMessage(), e);
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
