package dev.minions.hypervisor.qemu;

import dev.minions.spi.Nic;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a network card of a running machine is connected to, as QMP takes it. */
final class Netdev {
    private Netdev() {}

    static Map<String, Object> options(String id, Nic.Endpoint endpoint) {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("id", id);
        options.putAll(
                switch (endpoint) {
                    case Nic.Endpoint.Socket socket -> socket(socket);
                    case Nic.Endpoint.Isolated isolated -> isolated(isolated);
                    case Nic.Endpoint.Tap tap ->
                        Map.of(
                                "type", "tap",
                                "ifname", tap.device(),
                                "script", "no",
                                "downscript", "no",
                                "vhost", false);
                });
        return options;
    }

    private static Map<String, Object> socket(Nic.Endpoint.Socket socket) {
        String path = socket.path().toAbsolutePath().toString();
        return Map.of("type", "stream", "server", false, "addr", Map.of("type", "unix", "path", path));
    }

    private static Map<String, Object> isolated(Nic.Endpoint.Isolated network) {
        int slash = network.guestAddress().indexOf('/');
        String guest = network.guestAddress().substring(0, slash);
        List<Map<String, String>> forwards = network.forwards().stream()
                .map(forward -> Map.of("str", QemuArguments.forward(forward, guest)))
                .toList();
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("type", "user");
        options.put("restrict", true);
        options.put("ipv6", false);
        options.put("net", network.gateway() + network.guestAddress().substring(slash));
        options.put("host", network.gateway());
        options.put("dhcpstart", guest);
        options.put("hostfwd", forwards);
        return options;
    }
}
