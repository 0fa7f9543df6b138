package dev.minions.cli;

import dev.minions.ByteSize;
import dev.minions.HostReport;
import dev.minions.Minions;
import dev.minions.cli.Settings.Chosen;
import dev.minions.core.BackendCatalog;
import dev.minions.core.LocalMinions;
import dev.minions.core.RecoveryReport;
import dev.minions.error.MinionsException;
import dev.minions.net.linux.LinuxBridge;
import dev.minions.net.linux.LinuxBridge.AtBoot;
import dev.minions.net.linux.LinuxBridgeProvider;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendId;
import dev.minions.storage.lvm.LvmInit;
import dev.minions.storage.lvm.LvmThin;
import dev.minions.storage.lvm.LvmThinProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** The engine in this process, on this host. */
final class LocalEngines implements Engines {
    private static final String USER_NETWORK = "user";
    /** More than usual: the host is booting too, and nobody is there to start the VM once more. */
    private static final String BOOT_TIMEOUT_AT_BOOT = "300s";

    @Override
    public Minions open(Settings settings) {
        return describe(settings).build();
    }

    @Override
    public Optional<Minions> openExisting(Settings settings) {
        return describe(settings).buildIfPresent().map(Minions.class::cast);
    }

    @Override
    public HostReport examine(Settings settings) {
        return describe(settings).diagnose();
    }

    @Override
    public RecoveryReport recover(Settings settings) {
        return describe(settings).recover();
    }

    @Override
    public Path adopt(Settings settings) {
        return describe(settings).adopt();
    }

    @Override
    public List<String> init(Settings settings, HostSetup setup) {
        LinuxBridge bridge = LinuxBridgeProvider.bridge(setup.network());
        BackendContext context = describe(settings).context();
        List<String> done = new ArrayList<>(pool(setup, context).make(context.installation()));
        done.addAll(setup.persist() ? bridge.init(context, atBoot(context, setup.network())) : bridge.init(context));
        return done;
    }

    @Override
    public List<String> undoInit(Settings settings, HostSetup setup) {
        return describe(settings)
                .contextIfPresent()
                .map(context -> undo(setup, context))
                .orElse(List.of());
    }

    /** All of it or, where VMs are in the way, nothing. */
    private static List<String> undo(HostSetup setup, BackendContext context) {
        LvmInit pool = pool(setup, context);
        pool.requireUnused(context.installation());
        List<String> done =
                new ArrayList<>(LinuxBridgeProvider.bridge(setup.network()).undo(context));
        done.addAll(pool.undo(context.installation()));
        return done;
    }

    private static LvmInit pool(HostSetup setup, BackendContext context) {
        LvmThin pool = LvmThinProvider.pool(setup.volumes());
        Path file = context.dataDirectory().resolve("thin-pool.img");
        return setup.place()
                .map(place -> switch (place) {
                    case HostSetup.OnDevice(Path device) -> LvmInit.onDevice(device);
                    case HostSetup.InFile(ByteSize size) -> LvmInit.inFile(file, size);
                })
                .orElseGet(() -> LvmInit.asFound(file))
                .of(pool);
    }

    /** The bridge's own settings are remembered where it was set up. */
    private static AtBoot atBoot(BackendContext context, Map<String, String> network) {
        String home = System.getProperty("minions.home");
        if (home == null) {
            throw new UsageException("--persist needs an installed 'minions', for systemd to call");
        }
        String program = Path.of(home, "bin", "minions").toString();
        String data = context.dataDirectory().toString();
        List<String> init = new ArrayList<>(List.of(program, "init", GlobalOptions.DATA_DIR, data));
        Optional.ofNullable(network.get("bridge")).ifPresent(name -> init.addAll(List.of("--bridge", name)));
        List<String> start = List.of(
                program,
                "start",
                StartCommand.INTERRUPTED,
                SpecOptions.BOOT_TIMEOUT,
                BOOT_TIMEOUT_AT_BOOT,
                GlobalOptions.DATA_DIR,
                data);
        return new AtBoot(init, start);
    }

    private static LocalMinions.Builder describe(Settings settings) {
        LocalMinions.Builder builder = LocalMinions.builder().project(settings.project());
        settings.dataDirectory().ifPresent(builder::dataDirectory);
        Optional<Chosen> network = network(settings);
        if (settings.hypervisor().isPresent() || settings.volumes().isPresent() || network.isPresent()) {
            BackendCatalog catalog = BackendCatalog.installed();
            settings.hypervisor().ifPresent(chosen -> builder.hypervisor(configured(chosen, catalog::hypervisor)));
            settings.volumes().ifPresent(chosen -> builder.volumes(configured(chosen, catalog::volumes)));
            network.ifPresent(chosen -> builder.network(configured(chosen, catalog::network)));
        }
        return builder;
    }

    /** Access to the host is a setting of the network, and of the user-mode network where none was named. */
    private static Optional<Chosen> network(Settings settings) {
        if (!settings.allowHostAccess()) {
            return settings.network();
        }
        Chosen chosen = settings.network()
                .orElse(new Chosen(BackendId.of(USER_NETWORK), Map.of(), GlobalOptions.ALLOW_HOST_ACCESS));
        Map<String, String> values = new HashMap<>(chosen.values());
        values.put(SettingsReader.ALLOW_HOST_ACCESS, "true");
        return Optional.of(new Chosen(chosen.id(), values, chosen.where()));
    }

    private static <F> F configured(Chosen chosen, BiFunction<String, Map<String, String>, F> catalog) {
        try {
            return catalog.apply(chosen.id().value(), chosen.values());
        } catch (IllegalArgumentException e) {
            throw new UsageException(chosen.where() + ": " + e.getMessage());
        } catch (MinionsException e) {
            throw new MinionsException(e.code(), chosen.where() + ": " + e.getMessage(), e);
        }
    }
}
