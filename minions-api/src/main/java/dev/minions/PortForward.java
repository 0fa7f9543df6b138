package dev.minions;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A TCP port of the host that leads to a port of the guest.
 *
 * @param address the host address to listen on, as an IP literal; {@code 127.0.0.1} unless said otherwise
 * @param hostPort the port on the host, 1 to 65535
 * @param guestPort the port in the guest, 1 to 65535
 */
public record PortForward(String address, int hostPort, int guestPort) {
    /** Where a forward listens unless told otherwise: on this host only. */
    public static final String LOOPBACK = "127.0.0.1";

    private static final int MAX_PORT = 65_535;
    private static final Pattern FORM = Pattern.compile("(?:(\\[[0-9a-fA-F:.]+]|[0-9.]+):)?(\\d{1,5}):(\\d{1,5})");
    private static final Pattern LITERAL = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    /** Checks address and ports. */
    public PortForward {
        Objects.requireNonNull(address, "address");
        address = requireLiteral(address);
        requirePort("host", hostPort);
        requirePort("guest", guestPort);
    }

    /** A forward from the host's loopback address. */
    public static PortForward of(int hostPort, int guestPort) {
        return new PortForward(LOOPBACK, hostPort, guestPort);
    }

    /**
     * Reads {@code 8080:80}, {@code 0.0.0.0:8080:80} or {@code [::1]:8080:80}.
     *
     * @throws IllegalArgumentException if it has another form
     */
    public static PortForward parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + Texts.printable(text)
                    + "' is not a port forward; write HOST:GUEST or ADDRESS:HOST:GUEST, for example 8080:80");
        }
        String address = matcher.group(1) == null ? LOOPBACK : matcher.group(1).replaceAll("[\\[\\]]", "");
        return new PortForward(address, Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(3)));
    }

    private static String requireLiteral(String address) {
        try {
            if (LITERAL.matcher(address).matches()) {
                return InetAddress.getByName(address).getHostAddress();
            }
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("host address '" + Texts.printable(address) + "' is no IP address", e);
        }
        throw new IllegalArgumentException("host address '" + Texts.printable(address) + "' is no IP address");
    }

    private static void requirePort(String side, int port) {
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException(side + " port must be 1 to " + MAX_PORT + ", got " + port);
        }
    }

    /** The form {@link #parse} reads. */
    @Override
    public String toString() {
        String where = address.indexOf(':') >= 0 ? "[" + address + "]" : address;
        return where + ":" + hostPort + ":" + guestPort;
    }
}
