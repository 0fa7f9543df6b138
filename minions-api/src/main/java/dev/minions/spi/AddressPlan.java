package dev.minions.spi;

import java.util.List;
import java.util.Optional;

/**
 * The IPv4 addresses of a network, as unsigned 32-bit numbers in a {@code long}, and what a guest needs beside its own.
 *
 * @param network the id of the space in which an address is unique, for example {@code br0}
 * @param first the first address that may be given out
 * @param last the last
 * @param prefixLength the length of the network's prefix, 1 to 32
 * @param gateway the address that leads out
 * @param dns the name servers, as IP literals
 * @param ip6 how a VM comes to an IPv6 address as well; empty where the network has none
 */
public record AddressPlan(
        String network, long first, long last, int prefixLength, String gateway, List<String> dns, Optional<Ip6> ip6) {
    private static final int MAX_PREFIX = 32;

    /** Checks the range. */
    public AddressPlan {
        dns = List.copyOf(dns);
        if (first < 1 || last < first || last > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException("addresses " + first + " to " + last + " are no range");
        }
        if (prefixLength < 1 || prefixLength > MAX_PREFIX) {
            throw new IllegalArgumentException("a prefix length must be 1 to 32, got " + prefixLength);
        }
    }

    /** A plan without IPv6. */
    public AddressPlan(String network, long first, long last, int prefixLength, String gateway, List<String> dns) {
        this(network, first, last, prefixLength, gateway, dns, Optional.empty());
    }

    /**
     * IPv6 beside IPv4: a VM's address is a prefix with its IPv4 address at the end, so that nothing more is given out.
     *
     * @param prefix 64 bits as an IPv6 literal that ends in {@code ::}, for example {@code fd12:3456:789a:1::}
     * @param gateway the address that leads out; link-local, so that it needs no route of its own
     */
    public record Ip6(String prefix, String gateway) {
        private static final int HALF = 16;

        /** Checks the form. */
        public Ip6 {
            if (!prefix.matches("([0-9a-f]{1,4}:){1,4}:")) {
                throw new IllegalArgumentException(
                        "an IPv6 prefix is up to four groups and two colons, as fd12:3456:789a:1::, got '" + prefix
                                + "'");
            }
        }

        /** The address of the VM that has that IPv4 address, alone in its prefix of 128 bits. */
        public String address(long ipv4) {
            return prefix + Long.toHexString(ipv4 >>> HALF) + ":" + Long.toHexString(ipv4 & 0xFFFF);
        }
    }

    /**
     * The usual plan: 10.0.0.2 to 10.0.255.254 behind 10.0.0.1/16, with 1.1.1.1 and 8.8.8.8 as name servers.
     *
     * @param network the id of the space in which an address is unique
     */
    public static AddressPlan usual(String network) {
        return new AddressPlan(network, 0x0A00_0002L, 0x0A00_FFFEL, 16, "10.0.0.1", List.of("1.1.1.1", "8.8.8.8"));
    }

    /**
     * The number of an address in dotted form: the inverse of {@link #text}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static long number(String address) {
        String[] parts = address.split("\\.", -1);
        long number = 0;
        for (String part : parts) {
            if (parts.length != 4 || !part.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(part) > 255) {
                throw new IllegalArgumentException(
                        "an IPv4 address is four numbers of 0 to 255, got '" + address + "'");
            }
            number = number << 8 | Integer.parseInt(part);
        }
        return number;
    }

    /** An address in the usual form, for example {@code 10.0.0.2}. */
    public static String text(long address) {
        return (address >> 24 & 0xFF) + "." + (address >> 16 & 0xFF) + "." + (address >> 8 & 0xFF) + "."
                + (address & 0xFF);
    }
}
