package dev.minions.hypervisor.ch;

import dev.minions.spi.Backend;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.BackendProvider;
import dev.minions.spi.Hypervisor;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** Makes {@link CloudHypervisor} from a configuration file: {@code program}, a path, may be set. */
public final class CloudHypervisorProvider implements BackendProvider {
    private static final String PROGRAM = "program";

    /** For the service loader. */
    public CloudHypervisorProvider() {}

    @Override
    public Class<? extends Backend> kind() {
        return Hypervisor.class;
    }

    @Override
    public BackendId id() {
        return CloudHypervisor.ID;
    }

    @Override
    public Set<String> settings() {
        return Set.of(PROGRAM);
    }

    @Override
    public BackendFactory<?> configure(Map<String, String> values) {
        String program = values.get(PROGRAM);
        return program == null ? CloudHypervisor.onPath() : CloudHypervisor.at(Path.of(program));
    }
}
