package dev.minions.cli;

import dev.minions.HostReport;
import dev.minions.Minions;
import dev.minions.core.RecoveryReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where the commands get what they talk to. The one place that knows which kind of {@link Minions} it is. */
interface Engines {
    /**
     * Opens one, in the project of the settings.
     *
     * @throws dev.minions.error.MinionsException if it cannot work on this host or this data directory
     * @throws IllegalArgumentException if the settings cannot be meant
     */
    Minions open(Settings settings);

    /** The same, unless there is no data directory: then nothing is made. */
    Optional<Minions> openExisting(Settings settings);

    /** Looks at the host, also where nothing can be opened. */
    HostReport examine(Settings settings);

    /** Makes known what lies in the data directory of the settings and its database does not know. */
    RecoveryReport recover(Settings settings);

    /**
     * Sets this host up for the data directory of the settings.
     *
     * @return what was changed, a sentence each
     */
    List<String> init(Settings settings, HostSetup setup);

    /** Takes back what {@link #init} did, and says so in a sentence each. */
    List<String> undoInit(Settings settings, HostSetup setup);

    /** Binds the data directory of the settings to this host and its present path, which it returns. */
    Path adopt(Settings settings);
}
