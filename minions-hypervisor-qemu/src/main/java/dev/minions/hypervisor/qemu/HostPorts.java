package dev.minions.hypervisor.qemu;

import dev.minions.PortForward;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Looks at ports of the host before others bind them, for a message that says what is wrong. */
final class HostPorts {
    private static final int FIRST_UNPRIVILEGED = 1024;

    private HostPorts() {}

    static boolean isPrivileged(PortForward forward) {
        return forward.hostPort() < FIRST_UNPRIVILEGED;
    }

    /**
     * Checks that nobody listens there.
     *
     * @throws MinionsException {@code PORT_IN_USE} if somebody does, {@code NETWORK_ERROR} if the port cannot be had
     *     for another reason
     */
    static void requireFree(PortForward forward) {
        String what = "publish port " + forward.hostPort() + " of " + forward.address();
        try {
            InetAddress address = InetAddress.getByName(forward.address()); // a literal: nothing is looked up
            if (!(address instanceof Inet4Address)) {
                throw new MinionsException(
                        ErrorCode.NETWORK_ERROR, what + ": the user-mode network has IPv4 only; use an IPv4 address");
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
