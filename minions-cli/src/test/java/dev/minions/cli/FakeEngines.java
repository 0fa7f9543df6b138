package dev.minions.cli;

import dev.minions.HostReport;
import dev.minions.ImageRef;
import dev.minions.Minions;
import dev.minions.VmName;
import dev.minions.core.RecoveryReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Gives the command line a {@link FakeMinions}, and remembers with what settings it was asked for one. */
final class FakeEngines implements Engines {
    private final FakeMinions minions;
    private final List<Settings> opened = new ArrayList<>();
    private boolean absent;
    private Runnable onOpen = () -> {};

    FakeEngines(FakeMinions minions) {
        this.minions = minions;
    }

    @Override
    public Minions open(Settings settings) {
        opened.add(settings);
        onOpen.run();
        return minions.project(settings.project());
    }

    @Override
    public Optional<Minions> openExisting(Settings settings) {
        return absent ? Optional.empty() : Optional.of(open(settings));
    }

    @Override
    public HostReport examine(Settings settings) {
        return minions.diagnose();
    }

    @Override
    public RecoveryReport recover(Settings settings) {
        opened.add(settings);
        return new RecoveryReport(
                List.of(VmName.of("web")),
                List.of(ImageRef.of("sha256:" + "3b".repeat(32))),
                List.of(new RecoveryReport.Left(Path.of("/data/vms/x"), "it has no manifest")));
    }

    @Override
    public Path adopt(Settings settings) {
        opened.add(settings);
        return Path.of("/data");
    }

    @Override
    public List<String> init(Settings settings, HostSetup setup) {
        return List.of("init " + new TreeMap<>(setup.network())
                + setup.place()
                        .map(place -> " " + place + new TreeMap<>(setup.volumes()))
                        .orElse("")
                + (setup.persist() ? " for good" : ""));
    }

    @Override
    public List<String> undoInit(Settings settings, HostSetup setup) {
        return setup.network().isEmpty() ? List.of() : List.of("undo " + new TreeMap<>(setup.network()));
    }

    /** What happens while one is opened. */
    void onOpen(Runnable action) {
        onOpen = action;
    }

    /** From now on there is no data directory. */
    void absent() {
        absent = true;
    }

    List<Settings> opened() {
        return opened;
    }
}
