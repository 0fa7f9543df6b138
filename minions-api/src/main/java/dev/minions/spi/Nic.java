package dev.minions.spi;

import dev.minions.PortForward;
import java.nio.file.Path;
import java.util.List;

/**
 * A network card for a hypervisor to give a machine.
 *
 * @param mac its MAC address, six pairs of lower-case hexadecimal digits with colons
 * @param endpoint what it is connected to
 */
public record Nic(String mac, Endpoint endpoint) {

    /** What a card is connected to. */
    public sealed interface Endpoint {
        /** The kind of card it needs. */
        NicKind kind();

        /**
         * A Unix stream socket on which a program serves Ethernet frames, each after its length in 4 bytes, big-endian.
         *
         * @param path the socket; it takes one connection
         */
        record Socket(Path path) implements Endpoint {
            @Override
            public NicKind kind() {
                return NicKind.USER;
            }
        }

        /**
         * The hypervisor's own network in user space, cut off from the host and the world except for these forwards.
         *
         * @param forwards ports of the host that lead into the guest
         * @param guestAddress the guest's address and prefix length, for example {@code 10.0.0.2/16}
         * @param gateway the gateway's address
         */
        record Isolated(List<PortForward> forwards, String guestAddress, String gateway) implements Endpoint {
            /** Copies the list. */
            public Isolated {
                forwards = List.copyOf(forwards);
            }

            @Override
            public NicKind kind() {
                return NicKind.USER;
            }
        }

        /**
         * A TAP device.
         *
         * @param device its name, up to 15 characters
         */
        record Tap(String device) implements Endpoint {
            @Override
            public NicKind kind() {
                return NicKind.TAP;
            }
        }
    }
}
