package dev.minions.net.linux;

import dev.minions.spi.AddressPlan;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What was decided of a bridge.
 *
 * @param name the device's name
 * @param gateway its IPv4 address, the first of its network
 * @param prefixLength the length of that network's prefix
 * @param ip6Prefix 64 bits of IPv6 that end in {@code ::}; empty for none
 * @param dns the name servers that guests are told of
 */
record BridgeSettings(String name, long gateway, int prefixLength, Optional<String> ip6Prefix, List<String> dns) {
    /** The bridge's own IPv6 address on every installation; guests send there what leaves. */
    static final String IP6_GATEWAY = "fe80::1";

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,14}");
    private static final int SHORTEST_PREFIX = 8;
    private static final int LONGEST_PREFIX = 30;
    private static final int IPV4_BITS = 32;

    BridgeSettings {
        dns = List.copyOf(dns);
        requireName(name);
        if (prefixLength < SHORTEST_PREFIX || prefixLength > LONGEST_PREFIX) {
            throw new IllegalArgumentException("the bridge's network must have a prefix of " + SHORTEST_PREFIX + " to "
                    + LONGEST_PREFIX + " bits, got " + prefixLength);
        }
        if (gateway != firstOf(gateway, prefixLength) + 1) {
            throw new IllegalArgumentException("the bridge's address must be the first of its network, here "
                    + AddressPlan.text(firstOf(gateway, prefixLength) + 1) + ", got " + AddressPlan.text(gateway));
        }
        ip6Prefix.ifPresent(prefix -> new AddressPlan.Ip6(prefix, IP6_GATEWAY));
    }

    static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a bridge's name must match " + NAME + ", got '" + name + "'");
        }
    }

    /** The settings with that address, such as {@code 10.0.0.1/16}. */
    static BridgeSettings of(String name, String cidr, Optional<String> ip6Prefix, List<String> dns) {
        int slash = cidr.indexOf('/');
        if (slash < 0 || !cidr.substring(slash + 1).matches("\\d{1,2}")) {
            throw new IllegalArgumentException(
                    "the bridge's address must have a prefix length, as 10.0.0.1/16, got '" + cidr + "'");
        }
        return new BridgeSettings(
                name,
                AddressPlan.number(cidr.substring(0, slash)),
                Integer.parseInt(cidr.substring(slash + 1)),
                ip6Prefix,
                dns);
    }

    private static long firstOf(long address, int prefixLength) {
        int hostBits = IPV4_BITS - prefixLength;
        return address >>> hostBits << hostBits;
    }

    private long last() {
        return firstOf(gateway, prefixLength) + (1L << (IPV4_BITS - prefixLength)) - 1;
    }

    /** The bridge's address as {@code ip} writes it. */
    String cidr() {
        return AddressPlan.text(gateway) + "/" + prefixLength;
    }

    /** Whether an address lies in the bridge's network, or the other network around it. */
    boolean overlaps(long address, int otherPrefix) {
        int common = Math.min(prefixLength, otherPrefix);
        return common == 0 || firstOf(address, common) == firstOf(gateway, common);
    }

    /** The addresses between the bridge's own and the broadcast address. */
    AddressPlan plan() {
        return new AddressPlan(
                name,
                gateway + 1,
                last() - 1,
                prefixLength,
                AddressPlan.text(gateway),
                dns,
                ip6Prefix.map(prefix -> new AddressPlan.Ip6(prefix, IP6_GATEWAY)));
    }

    /** The name of our tables: one of family {@code netdev} and one of family {@code inet}. */
    String table() {
        return "minions_" + name;
    }
}
