package dev.minions;

import java.time.Duration;

/**
 * How a VM came to be stopped.
 *
 * @param how what made it stop
 * @param took from the call to the end of the process
 */
public record StopResult(How how, Duration took) {
    /** What made a VM stop. It may grow, so keep a default. */
    public enum How {
        /** It was stopped already. */
        ALREADY_STOPPED,
        /** The guest's agent was asked and the guest shut itself down. */
        AGENT,
        /** The power button was pressed and the guest shut itself down. */
        POWER_BUTTON,
        /** The guest did not shut itself down in time and was killed. */
        KILLED
    }
}
