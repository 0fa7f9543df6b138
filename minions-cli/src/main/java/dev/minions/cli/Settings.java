package dev.minions.cli;

import dev.minions.ProjectName;
import dev.minions.spi.BackendId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What holds for every command, put together from options, variables and files.
 *
 * @param dataDirectory where VMs and images are kept; empty for the engine's own choice
 * @param project whose VMs names mean
 * @param hypervisor the hypervisor asked for; empty to have one chosen
 * @param volumes the volume backend asked for; empty to have one chosen
 * @param network the network asked for; empty to have one chosen
 * @param allowHostAccess whether a network may be used through which guests reach the host
 * @param waitLimit how long a change waits for another one of the same VM
 */
record Settings(
        Optional<Path> dataDirectory,
        ProjectName project,
        Optional<Chosen> hypervisor,
        Optional<Chosen> volumes,
        Optional<Chosen> network,
        boolean allowHostAccess,
        Duration waitLimit) {

    /**
     * A backend that was asked for.
     *
     * @param id its id
     * @param values its settings, by name
     * @param where where it was asked for, for messages
     */
    record Chosen(BackendId id, Map<String, String> values, String where) {
        Chosen {
            values = Map.copyOf(values);
        }
    }
}
