package dev.minions.agent.client;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A guest's addresses, its ways out and its name servers. The guest checks them and remembers them.
 *
 * @param ip an address and the length of its prefix, for example {@code 10.0.0.2/16}
 * @param gateway where everything else goes
 * @param dns the name servers, addresses
 * @param ip6 an IPv6 address and the length of its prefix, beside the other
 * @param gateway6 where all other IPv6 goes
 */
public record NetworkSettings(
        String ip, Optional<String> gateway, List<String> dns, Optional<String> ip6, Optional<String> gateway6) {
    /** Copies the list. */
    public NetworkSettings {
        Objects.requireNonNull(ip, "ip");
        dns = List.copyOf(dns);
    }

    /** One address and one way out, as an existing agent takes them. */
    public static NetworkSettings of(String ip, String gateway, List<String> dns) {
        return new NetworkSettings(ip, Optional.of(gateway), dns, Optional.empty(), Optional.empty());
    }
}
