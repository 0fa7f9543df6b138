package dev.minions.spi;

import java.time.Duration;

/**
 * The way from the host to the agent in one guest, as the hypervisor provides it: bytes both ways. What travels on it
 * is the engine's affair. Passes {@code GuestChannelContract}.
 */
public interface GuestChannel {
    /** What kind of way it is. */
    Framing framing();

    /**
     * How many connections can be open at the same time, over all processes of the host. The engine numbers them from
     * 0 and never opens one number twice at once.
     *
     * @return 0 if any number can
     */
    int lanes();

    /**
     * Opens a connection.
     *
     * @param lane which, 0 to {@link #lanes} less one; without meaning where any number can be open
     * @param limit how long it may take
     * @throws dev.minions.error.MinionsException {@code AGENT_TIMEOUT} if the guest, or whoever has the lane, does not
     *     let it be opened in time; {@code VMM_EXITED} if there is no VMM any more
     */
    GuestConnection open(int lane, Duration limit);

    /**
     * Waits until the guest said by itself that its agent serves, where the channel carries such a call.
     *
     * @param limit how long to wait
     * @return whether to try {@link #open} now: true if the guest called or its device came up, and at once where
     *     {@code open} and the first exchange wait for the guest themselves
     */
    boolean awaitCall(Duration limit);

    /** What kind of way a channel is. */
    enum Framing {
        /** Each connection is new on both sides, as with vsock: the guest sees it begin and end. */
        CONNECTIONS,
        /** One endless stream of bytes a lane, as with a serial port: each attach must synchronise first. */
        STREAM
    }
}
