package dev.minions.net.linux;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The kernel's settings of the network that a bridge changes, by their paths below {@code /proc/sys}. */
final class Sysctls {
    private static final Path ROOT = Path.of("/proc/sys");
    private static final String FORWARD4 = "net/ipv4/ip_forward";
    private static final String CONF4 = "net/ipv4/conf";
    private static final String CONF6 = "net/ipv6/conf";
    private static final String FORWARDING = "/forwarding";
    private static final String ACCEPT_RA = "/accept_ra";

    private Sysctls() {}

    /**
     * What switching forwarding on may change, as it is: the kernel's switch sets those of every device, and what a
     * host takes from routers depends on it.
     *
     * @param bridge the device that does not count: its settings go with it
     */
    static Map<String, String> forwarding(String bridge) {
        Map<String, String> found = new TreeMap<>();
        List<String> names = new ArrayList<>(List.of(FORWARD4, CONF4 + "/all/accept_redirects"));
        for (String device : devices(CONF4, bridge)) {
            names.add(CONF4 + "/" + device + FORWARDING);
        }
        for (String device : devices(CONF6, bridge)) {
            names.add(CONF6 + "/" + device + FORWARDING);
            names.add(CONF6 + "/" + device + ACCEPT_RA);
        }
        names.forEach(name -> read(name).ifPresent(value -> found.put(name, value)));
        return found;
    }

    /**
     * Switches forwarding on. A host that takes its own IPv6 routes from a router would stop to, as a router does not:
     * it is told first to go on.
     */
    static void forward(String bridge, boolean ip6) {
        if (ip6) {
            for (String device : devices(CONF6, bridge)) {
                String acceptRa = CONF6 + "/" + device + ACCEPT_RA;
                boolean host = read(CONF6 + "/" + device + FORWARDING).equals(Optional.of("0"));
                if (host && !device.equals("all") && read(acceptRa).equals(Optional.of("1"))) {
                    write(acceptRa, "2");
                }
            }
            set(CONF6 + "/all" + FORWARDING, "1");
        }
        set(FORWARD4, "1");
    }

    /**
     * Settings of the bridge itself. The host answers for every guest when one asks for another's address, so that
     * what passes between them passes the rules; and it may send to a guest from 127.0.0.1, which published ports
     * need.
     */
    static void bridge(String bridge) {
        String four = CONF4 + "/" + bridge + "/";
        set(four + "proxy_arp_pvlan", "1");
        set(four + "route_localnet", "1");
        set(four + "send_redirects", "0");
        set(four + "accept_redirects", "0");
        set("net/ipv4/neigh/" + bridge + "/proxy_delay", "0");
        if (hasIp6()) {
            String six = CONF6 + "/" + bridge + "/";
            set(six + "accept_ra", "0");
            set(six + "accept_redirects", "0");
        }
    }

    /** Puts settings back, those first that change others. A device that is gone has none. */
    static void restore(Map<String, String> values) {
        values.entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<String, String> entry) -> rank(entry.getKey()))
                        .thenComparing(Map.Entry::getKey))
                .forEach(entry -> {
                    if (read(entry.getKey()).isPresent()) {
                        set(entry.getKey(), entry.getValue());
                    }
                });
    }

    private static int rank(String name) {
        if (name.equals(FORWARD4)) {
            return 0;
        }
        return name.contains("/all/") ? 1 : 2;
    }

    static boolean hasIp6() {
        return Files.isDirectory(ROOT.resolve(CONF6));
    }

    static Optional<String> read(String name) {
        try {
            Path file = ROOT.resolve(name);
            return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // a device that went away meanwhile
        }
    }

    /** Writes only what is different: some settings act on being written. */
    private static void set(String name, String value) {
        if (!read(name).equals(Optional.of(value))) {
            write(name, value);
        }
    }

    private static void write(String name, String value) {
        try {
            Files.writeString(ROOT.resolve(name), value + "\n");
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.NETWORK_ERROR, "set '" + name + "' to " + value + ": " + e, e);
        }
    }

    private static List<String> devices(String conf, String except) {
        Path directory = ROOT.resolve(conf);
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(device -> !device.equals(except) && !device.matches("mn[0-9a-f]{12}"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.NETWORK_ERROR, "list '" + directory + "': " + e, e);
        }
    }
}
