package dev.minions.hypervisor.qemu;

import dev.minions.spi.Backend;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.BackendProvider;
import dev.minions.spi.Hypervisor;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** Finds QEMU by the id {@code qemu} in a configuration file. Its settings are {@code path} and {@code emulated}. */
public final class QemuProvider implements BackendProvider {
    private static final String PATH = "path";
    private static final String EMULATED = "emulated";

    /** For {@link java.util.ServiceLoader}. */
    public QemuProvider() {}

    @Override
    public Class<? extends Backend> kind() {
        return Hypervisor.class;
    }

    @Override
    public BackendId id() {
        return Qemu.onPath().id();
    }

    @Override
    public Set<String> settings() {
        return Set.of(PATH, EMULATED);
    }

    @Override
    public BackendFactory<?> configure(Map<String, String> values) {
        String path = values.get(PATH);
        Qemu qemu = path == null ? Qemu.onPath() : Qemu.at(Path.of(path));
        return switch (values.getOrDefault(EMULATED, "false")) {
            case "true" -> qemu.emulated();
            case "false" -> qemu;
            default ->
                throw new IllegalArgumentException(
                        "qemu: setting 'emulated' must be true or false, got '" + values.get(EMULATED) + "'");
        };
    }
}
