package dev.minions.hypervisor.ch;

import dev.minions.spi.process.ProcessIdentity;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import org.newsclub.net.unix.AFSocketCapability;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.AFUNIXSocketCredentials;

/**
 * Who listens at a Unix socket, as the kernel has it. A VM's directory of sockets belongs to its VMM's user, so that the
 * name of a socket alone proves nothing.
 */
final class Peer {
    private static final int CONNECT_MILLIS = 2000;

    private Peer() {}

    /** Whether this host can tell. */
    static boolean isKnown() {
        return AFUNIXSocket.supports(AFSocketCapability.CAPABILITY_PEER_CREDENTIALS);
    }

    /**
     * Checks that it is that process.
     *
     * @throws SocketException if it is another one
     */
    static void require(Path socket, ProcessIdentity process) throws IOException {
        if (!isKnown()) {
            return; // said by the findings of the host
        }
        try (AFUNIXSocket client = AFUNIXSocket.newInstance()) {
            client.connect(AFUNIXSocketAddress.of(socket.toFile()), CONNECT_MILLIS);
            AFUNIXSocketCredentials credentials = client.getPeerCredentials();
            if (credentials.getPid() != process.pid() || !process.isAlive()) {
                throw new SocketException(
                        "process " + credentials.getPid() + " listens at '" + socket + "', not " + process.pid());
            }
        }
    }
}
