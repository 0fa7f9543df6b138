package dev.minions.core;

import dev.minions.spi.BackendFactory;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.Network;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is used when nothing is said. */
final class Defaults {
    private static final List<String> HYPERVISORS = List.of("cloud-hypervisor", "qemu");
    private static final List<String> NETWORKS = List.of("bridge", "user");
    private static final Path SYSTEM_DIRECTORY = Path.of("/var/lib/minions");
    private static final String RUNTIME_FILE = "agent-runtime.tar.gz";

    private Defaults() {}

    static List<BackendFactory<Hypervisor>> hypervisors(BackendCatalog catalog) {
        return HYPERVISORS.stream()
                .map(catalog::ifInstalled)
                .flatMap(Optional::stream)
                .toList();
    }

    static List<BackendFactory<Network>> networks(BackendCatalog catalog) {
        return NETWORKS.stream()
                .map(catalog::networkIfInstalled)
                .flatMap(Optional::stream)
                .toList();
    }

    static Path dataDirectory() {
        return dataDirectory(System.getenv(), System.getProperty("user.name"), System.getProperty("user.home"));
    }

    static Path dataDirectory(Map<String, String> environment, String user, String home) {
        String said = environment.getOrDefault("MINIONS_DATA_DIR", "");
        if (!said.isEmpty()) {
            return Path.of(said);
        }
        if (user.equals("root")) {
            return SYSTEM_DIRECTORY;
        }
        String data = environment.getOrDefault("XDG_DATA_HOME", "");
        Path base = data.startsWith("/") ? Path.of(data) : Path.of(home, ".local", "share");
        return base.resolve("minions");
    }

    /** The agent's runtime: where the environment says, else where a distribution has it, beside the engine's jar. */
    static Optional<Path> agentRuntime() {
        String said = System.getenv().getOrDefault("MINIONS_AGENT_RUNTIME", "");
        if (!said.isEmpty()) {
            return Optional.of(Path.of(said));
        }
        return Optional.ofNullable(System.getProperty("minions.home"))
                .map(home -> Path.of(home, "agent", RUNTIME_FILE))
                .filter(Files::isRegularFile);
    }
}
