package dev.minions.net.linux;

import dev.minions.PortForward;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Looks at ports of the host before rules lead them to a guest: a program that listens there would fall silent. */
final class PublishedPorts {
    private PublishedPorts() {}

    /**
     * Checks that a port can be published.
     *
     * @throws MinionsException {@code PORT_IN_USE} if a program listens there, {@code NETWORK_ERROR} if it cannot be
     *     had for another reason
     */
    static void require(PortForward forward, boolean hasIp6) {
        String what = "publish port " + forward.hostPort() + " of " + forward.address();
        try {
            InetAddress address = InetAddress.getByName(forward.address()); // a literal: nothing is looked up
            if (address instanceof Inet6Address && (!hasIp6 || address.isLoopbackAddress())) {
                throw new MinionsException(
                        ErrorCode.NETWORK_ERROR,
                        what + ": "
                                + (hasIp6
                                        ? "the kernel leads nothing from ::1 to another device"
                                        : "the bridge has no IPv6")
                                + "; use an IPv4 address");
            }
            try (var probe = new ServerSocket()) {
                probe.bind(new InetSocketAddress(address, forward.hostPort()), 1);
            }
        } catch (IOException e) {
            boolean taken = String.valueOf(e.getMessage()).contains("in use");
            throw new MinionsException(
                    taken ? ErrorCode.PORT_IN_USE : ErrorCode.NETWORK_ERROR,
                    what + ": " + (taken ? "another program listens there; choose another port" : e.getMessage()),
                    e);
        }
    }
}
