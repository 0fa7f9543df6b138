package dev.minions.cli;

import dev.minions.HostReport;
import dev.minions.Minions;
import dev.minions.cli.Settings.Chosen;
import dev.minions.core.BackendCatalog;
import dev.minions.core.LocalMinions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The engine in this process, on this host. */
final class LocalEngines implements Engines {
    private static final String USER_NETWORK = "user";
    private static final String ALLOW_HOST_ACCESS = "allow-host-access";

    @Override
    public Minions open(Settings settings) {
        return builder(settings).build();
    }

    @Override
    public HostReport examine(Settings settings) {
        return builder(settings).diagnose();
    }

    private static LocalMinions.Builder builder(Settings settings) {
        BackendCatalog catalog = BackendCatalog.installed();
        LocalMinions.Builder builder = LocalMinions.builder().project(settings.project());
        settings.dataDirectory().ifPresent(builder::dataDirectory);
        settings.hypervisor()
                .ifPresent(chosen ->
                        builder.hypervisor(catalog.hypervisor(chosen.id().value(), chosen.values())));
        settings.volumes()
                .ifPresent(chosen -> builder.volumes(catalog.volumes(chosen.id().value(), chosen.values())));
        if (settings.network().isPresent() || settings.allowHostAccess()) {
            String id = settings.network().map(chosen -> chosen.id().value()).orElse(USER_NETWORK);
            builder.network(catalog.network(id, networkValues(settings.network(), settings.allowHostAccess())));
        }
        return builder;
    }

    private static Map<String, String> networkValues(Optional<Chosen> chosen, boolean allowHostAccess) {
        Map<String, String> values = new HashMap<>(chosen.map(Chosen::values).orElse(Map.of()));
        if (allowHostAccess) {
            values.put(ALLOW_HOST_ACCESS, "true");
        }
        return values;
    }
}
