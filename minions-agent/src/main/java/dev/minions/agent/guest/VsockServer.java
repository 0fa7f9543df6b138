package dev.minions.agent.guest;

import dev.minions.agent.protocol.Event;
import dev.minions.agent.protocol.Protocol;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.newsclub.net.unix.AFServerSocket;
import org.newsclub.net.unix.AFSocket;
import org.newsclub.net.unix.AFVSOCKSocketAddress;

/**
 * Listens on the guest's vsock, where there is one, and calls the host when it does. Only the host may connect: any
 * user of the guest could otherwise, over the loopback of vsock, run commands as root.
 */
final class VsockServer {
    private static final int READY_MILLIS = 2_000;
    private static final long PAUSE_NANOS = 20_000_000;

    private final Services services;
    private final ConnectionServer connections;
    private final Set<Integer> callers;

    VsockServer(Services services, Set<Integer> callers) {
        this.services = services;
        this.connections = new ConnectionServer(services);
        this.callers = callers;
    }

    /** Told that the socket listens. */
    interface Listening {
        void on(AFServerSocket<AFVSOCKSocketAddress> server);
    }

    /**
     * Listens, then serves on the calling thread until the socket is closed.
     *
     * @param listening called with the socket once it listens
     * @throws IOException if it cannot listen
     */
    void run(int port, Listening listening) throws IOException {
        try (AFServerSocket<AFVSOCKSocketAddress> server = Vsock.listen(port)) {
            listening.on(server);
            while (!server.isClosed()) {
                acceptNext(server);
            }
        }
    }

    /** One caller that hangs up early, or one file too many, must not be the end of the listening. */
    private void acceptNext(AFServerSocket<AFVSOCKSocketAddress> server) {
        try {
            serve(server.accept());
        } catch (IOException e) {
            if (!server.isClosed()) {
                Log.say("accept a vsock connection", e);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void serve(AFSocket<AFVSOCKSocketAddress> socket) throws IOException {
        int peer = Vsock.peer(socket);
        if (!callers.contains(peer)) {
            Log.say("refused a vsock connection from CID " + peer + ", which is not the host");
            socket.close();
            return;
        }
        connections.serve(socket.getInputStream(), socket.getOutputStream(), socket);
    }

    /** Says to the host that this agent serves. Not every host listens for that. */
    void callHost() {
        try (AFSocket<AFVSOCKSocketAddress> socket = Vsock.connect(Vsock.HOST_CID, Protocol.READY_PORT, READY_MILLIS)) {
            socket.getOutputStream()
                    .write(Event.encode(null, new Event.Ready(services.facts().identity())));
        } catch (IOException e) {
            Log.say("no host listens for the ready call", e);
        }
    }
}
