package dev.minions.net.linux;

import dev.minions.spi.Backend;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.BackendProvider;
import dev.minions.spi.Network;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes {@link LinuxBridge} from a configuration file: {@code bridge}, a name; {@code address}, as 10.0.0.1/16;
 * {@code ip6}, a prefix of 64 bits or {@code off}; and {@code dns}, IP addresses with commas between them, may be set.
 */
public final class LinuxBridgeProvider implements BackendProvider {
    private static final String BRIDGE = "bridge";
    private static final String ADDRESS = "address";
    private static final String IP6 = "ip6";
    private static final String DNS = "dns";

    /** For the service loader. */
    public LinuxBridgeProvider() {}

    @Override
    public Class<? extends Backend> kind() {
        return Network.class;
    }

    @Override
    public BackendId id() {
        return LinuxBridge.ID;
    }

    @Override
    public Set<String> settings() {
        return Set.of(BRIDGE, ADDRESS, IP6, DNS);
    }

    @Override
    public BackendFactory<?> configure(Map<String, String> values) {
        return bridge(values);
    }

    /**
     * The bridge with those settings.
     *
     * @param values by name, all of {@link #settings}
     * @throws IllegalArgumentException if a value will not do
     */
    public static LinuxBridge bridge(Map<String, String> values) {
        LinuxBridge bridge = LinuxBridge.named(values.getOrDefault(BRIDGE, LinuxBridge.DEFAULT_NAME));
        String address = values.get(ADDRESS);
        if (address != null) {
            bridge = bridge.address(address);
        }
        String ip6 = values.get(IP6);
        if (ip6 != null) {
            bridge = ip6.equals("off") ? bridge.withoutIp6() : bridge.ip6(ip6);
        }
        String dns = values.get(DNS);
        return dns == null ? bridge : bridge.dns(List.of(dns.split("\\s*,\\s*", -1)));
    }
}
