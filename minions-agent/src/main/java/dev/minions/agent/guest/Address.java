package dev.minions.agent.guest;

import dev.minions.agent.protocol.Failure;
import dev.minions.agent.protocol.Fields;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Checks addresses before they become words of a command. */
final class Address {
    private static final int V4_BITS = 32;
    private static final int V6_BITS = 128;
    private static final String V4_OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

    private Address() {}

    static boolean isV6(String address) {
        return address.indexOf(':') >= 0;
    }

    /** An address as it is, if it is one. */
    static String require(String field, String address) throws GuestFailure {
        if (isV6(address) ? isV6Literal(address) : address.matches(V4_OCTET + "(\\." + V4_OCTET + "){3}")) {
            return address;
        }
        throw bad(field, address, "an address");
    }

    private static boolean isV6Literal(String address) {
        if (!address.matches("[0-9a-fA-F:.]{2,45}")) {
            return false;
        }
        try {
            InetAddress.getByName(address); // with a colon in it, it is never looked up
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** An address and the length of its prefix, as they are, if they are that. */
    static String requireWithPrefix(String field, String text) throws GuestFailure {
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("\\d{1,3}")) {
            throw bad(field, text, "an address with a prefix, like 10.0.0.2/16");
        }
        String address = require(field, text.substring(0, slash));
        int prefix = Integer.parseInt(text.substring(slash + 1));
        int bits = isV6(address) ? V6_BITS : V4_BITS;
        if (prefix < 1 || prefix > bits) {
            throw bad(field, text, "an address with a prefix of 1 to " + bits);
        }
        return text;
    }

    private static GuestFailure bad(String field, String value, String wanted) {
        return new GuestFailure(
                Failure.BAD_REQUEST, "field '" + field + "' is '" + Fields.printable(value) + "', not " + wanted);
    }
}
