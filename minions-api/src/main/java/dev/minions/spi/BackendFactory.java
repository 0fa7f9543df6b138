package dev.minions.spi;

import dev.minions.HostReport;
import java.util.List;

/**
 * A backend that has been named and configured and not been opened, as code passes it to a builder. Immutable; may be
 * opened more than once.
 *
 * @param <B> the kind of backend: {@link Hypervisor}, {@link VolumeBackend} or {@link Network}
 */
public interface BackendFactory<B extends Backend> {
    /** The id of what {@link #open} gives. */
    BackendId id();

    /**
     * Looks whether the backend would work on this host. Changes nothing and starts no VM.
     *
     * @return what was found; it works unless one of them is an error
     */
    List<HostReport.Finding> probe();

    /**
     * Opens it. The directories of the context may not be there, and are not made by this: whoever only looks at a host
     * opens backends too.
     *
     * @param context whom it works for
     * @throws dev.minions.error.MinionsException if it cannot work on this host
     */
    B open(BackendContext context);
}
