package dev.minions.cli;

import dev.minions.HostReport;
import dev.minions.Minions;
import java.util.ArrayList;
import java.util.List;

/** Gives the command line a {@link FakeMinions}, and remembers with what settings it was asked for one. */
final class FakeEngines implements Engines {
    private final FakeMinions minions;
    private final List<Settings> opened = new ArrayList<>();

    FakeEngines(FakeMinions minions) {
        this.minions = minions;
    }

    @Override
    public Minions open(Settings settings) {
        opened.add(settings);
        return minions.project(settings.project());
    }

    @Override
    public HostReport examine(Settings settings) {
        return minions.diagnose();
    }

    List<Settings> opened() {
        return opened;
    }
}
