package dev.minions.agent.client;

import dev.minions.spi.GuestConnection;
import java.io.IOException;
import java.time.Duration;

/** Opens a connection to a guest, each time anew. What it throws unchecked reaches the caller as it is. */
@FunctionalInterface
public interface AgentDialer {
    /**
     * Opens one.
     *
     * @param limit how long it may take
     * @throws IOException if it could not be opened in time
     * @throws InterruptedException if the caller's thread was interrupted
     */
    GuestConnection dial(Duration limit) throws IOException, InterruptedException;
}
