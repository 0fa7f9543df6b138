package dev.minions.cli;

import dev.minions.HostReport;
import dev.minions.Minions;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;

/** The engine in this process, on this host. */
final class LocalEngines implements Engines {
    @Override
    public Minions open(Settings settings) {
        throw new MinionsException(ErrorCode.NO_FITTING_BACKENDS, "this build has no engine");
    }

    @Override
    public HostReport examine(Settings settings) {
        try (Minions minions = open(settings)) {
            return minions.diagnose();
        }
    }
}
