package dev.minions.hypervisor.qemu;

import dev.minions.spi.Backend;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.BackendProvider;
import dev.minions.spi.Network;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes {@link UserNetwork} from a configuration file: {@code dns}, IPv4 addresses with commas between them, and
 * {@code allow-host-access}, {@code true} or {@code false}, may be set.
 */
public final class UserNetworkProvider implements BackendProvider {
    private static final String DNS = "dns";
    private static final String HOST_ACCESS = "allow-host-access";

    /** For the service loader. */
    public UserNetworkProvider() {}

    @Override
    public Class<? extends Backend> kind() {
        return Network.class;
    }

    @Override
    public BackendId id() {
        return UserNetwork.ID;
    }

    @Override
    public Set<String> settings() {
        return Set.of(DNS, HOST_ACCESS);
    }

    @Override
    public BackendFactory<?> configure(Map<String, String> values) {
        UserNetwork network = UserNetwork.onThisHost();
        String dns = values.get(DNS);
        if (dns != null) {
            network = network.dns(List.of(dns.split("\\s*,\\s*", -1)));
        }
        String access = values.getOrDefault(HOST_ACCESS, "false");
        return switch (access) {
            case "false" -> network;
            case "true" -> network.allowHostAccess();
            default -> throw new IllegalArgumentException(HOST_ACCESS + " must be true or false, got '" + access + "'");
        };
    }
}
