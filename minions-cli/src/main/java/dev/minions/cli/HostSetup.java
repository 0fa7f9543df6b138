package dev.minions.cli;

import dev.minions.ByteSize;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code minions init} is asked for.
 *
 * @param network the settings of the bridge, by name
 * @param volumes the settings of the thin pool, by name
 * @param place what a pool is to be made on; empty to make none, and only bring back the one that was made
 * @param persist whether systemd is to do so again after each boot
 */
record HostSetup(Map<String, String> network, Map<String, String> volumes, Optional<Place> place, boolean persist) {
    HostSetup {
        network = Map.copyOf(network);
        volumes = Map.copyOf(volumes);
    }

    /** What a pool is made on. */
    sealed interface Place {}

    /** A whole device. */
    record OnDevice(Path device) implements Place {}

    /** A file of that size in the data directory. */
    record InFile(ByteSize size) implements Place {}
}
