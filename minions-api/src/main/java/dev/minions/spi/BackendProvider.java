package dev.minions.spi;

import java.util.Map;
import java.util.Set;

/**
 * Makes a backend from a configuration file. Programs name their backends in code and need none of this; the command
 * line and the daemon find providers with {@link java.util.ServiceLoader} and choose by id. Two providers of one kind
 * and id are an error, and so is an id that nobody provides.
 */
public interface BackendProvider {
    /** The kind of backend: {@code Hypervisor.class}, {@code VolumeBackend.class} or {@code Network.class}. */
    Class<? extends Backend> kind();

    /** The id in the configuration file. */
    BackendId id();

    /** The settings it knows; any other is refused before {@link #configure} is called. */
    Set<String> settings();

    /** Those of them whose values are secret: masked in messages, logs and reports. */
    default Set<String> secretSettings() {
        return Set.of();
    }

    /**
     * A backend with those settings.
     *
     * @param values by name, all of {@link #settings}
     * @return a factory of {@link #kind}
     * @throws IllegalArgumentException naming every value that will not do
     */
    BackendFactory<?> configure(Map<String, String> values);
}
