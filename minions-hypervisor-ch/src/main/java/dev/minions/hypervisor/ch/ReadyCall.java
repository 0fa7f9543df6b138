package dev.minions.hypervisor.ch;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.HostDirectory;
import dev.minions.spi.process.RunAs;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Listens for the guest's call that its agent serves. It must listen before the guest boots: to a guest that calls when
 * nobody does, the connection is reset. What the caller says is not read; that it calls is enough, and its agent says
 * who it is when it is asked.
 */
final class ReadyCall implements AutoCloseable {
    private final Path socket;
    private final ServerSocketChannel server;
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean called;

    private ReadyCall(Path socket, ServerSocketChannel server) {
        this.socket = socket;
        this.server = server;
    }

    /** Begins to listen, for that user if the VMM does not run as this JVM's. */
    static ReadyCall listen(Path socket, Optional<RunAs> user) {
        try {
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            var call = new ReadyCall(socket, server);
            try {
                server.bind(UnixDomainSocketAddress.of(socket));
                user.ifPresent(owner -> HostDirectory.giveTo(socket, owner));
            } catch (IOException | RuntimeException e) {
                server.close();
                throw e;
            }
            Thread.ofVirtual().name("minions-ready").start(call::accept);
            return call;
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "listen on '" + socket + "': " + e.getMessage(), e);
        }
    }

    private void accept() {
        try {
            while (true) {
                server.accept().close();
                tell();
            }
        } catch (IOException e) {
            return; // closed
        }
    }

    private synchronized void tell() {
        called = true;
        waiting.forEach(Runnable::run);
    }

    synchronized boolean isCalled() {
        return called;
    }

    /** Runs that at every call. */
    synchronized void onCall(Runnable action) {
        waiting.add(action);
    }

    synchronized void forget(Runnable action) {
        waiting.remove(action);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "close '" + socket + "': " + e.getMessage(), e);
        }
    }
}
