package dev.minions.hypervisor.qemu;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.HostDirectory;
import dev.minions.spi.process.RunAs;
import dev.minions.spi.process.UnixStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Waits for a QEMU to have started, without asking again and again: one of its control channels calls here, and answers
 * only when its machine is made and its disks are locked.
 */
final class StartSignal implements AutoCloseable {
    private final Path socket;
    private final ServerSocketChannel server;
    private final Selector selector;

    private StartSignal(Path socket, ServerSocketChannel server, Selector selector) {
        this.socket = socket;
        this.server = server;
        this.selector = selector;
    }

    /** Begins to listen, for that user if QEMU does not run as this JVM's. */
    static StartSignal listen(Path socket, Optional<RunAs> user) {
        try {
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            var signal = new StartSignal(socket, server, Selector.open());
            try {
                server.bind(UnixDomainSocketAddress.of(socket));
                user.ifPresent(owner -> HostDirectory.giveTo(socket, owner));
                server.configureBlocking(false);
                server.register(signal.selector, SelectionKey.OP_ACCEPT);
                return signal;
            } catch (IOException | RuntimeException e) {
                signal.close();
                throw e;
            }
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "listen on '" + socket + "': " + e.getMessage(), e);
        }
    }

    /**
     * Waits for the call and the answer.
     *
     * @return false if time ran out, QEMU hung up, or this was closed by another thread
     */
    boolean await(Duration within) {
        long deadline = System.nanoTime() + within.toNanos();
        try (var qmp = new Qmp(new UnixStream(accept(deadline)))) {
            qmp.begin(deadline);
            return true;
        } catch (ClosedByInterruptException e) {
            throw new MinionsException(ErrorCode.CALL_INTERRUPTED, "wait for qemu: interrupted", e);
        } catch (IOException e) {
            return false;
        }
    }

    private SocketChannel accept(long deadline) throws IOException {
        while (true) {
            SocketChannel caller = server.accept();
            if (caller != null) {
                return caller;
            }
            UnixStream.select(selector, deadline);
        }
    }

    /** Ends a wait under way. May be called again. */
    @Override
    public void close() {
        try {
            selector.close();
            server.close();
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "close '" + socket + "': " + e.getMessage(), e);
        }
    }
}
