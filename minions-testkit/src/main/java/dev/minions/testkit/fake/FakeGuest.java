package dev.minions.testkit.fake;

import dev.minions.spi.Vmm;
import java.time.Duration;
import java.util.Optional;

/**
 * How a fake guest behaves. Immutable; the methods return a changed copy.
 *
 * @see FakeHost#guests(FakeGuest)
 */
public final class FakeGuest {
    private static final FakeGuest WELL_BEHAVED =
            new FakeGuest(Duration.ZERO, Optional.empty(), 0, Duration.ZERO, Optional.empty(), false);

    private final Duration boot;
    private final Optional<End> end;
    private final int lostPresses;
    private final Duration shutdown;
    private final Optional<FakeAgent> agent;
    private final boolean keepsDevices;

    /**
     * An end that comes by itself.
     *
     * @param after how long after the start
     * @param exit how
     */
    record End(Duration after, Vmm.Exit exit) {}

    private FakeGuest(
            Duration boot,
            Optional<End> end,
            int lostPresses,
            Duration shutdown,
            Optional<FakeAgent> agent,
            boolean keepsDevices) {
        this.boot = boot;
        this.end = end;
        this.lostPresses = lostPresses;
        this.shutdown = shutdown;
        this.agent = agent;
        this.keepsDevices = keepsDevices;
    }

    /** Boots at once, answers, and powers off when its power button is pressed. */
    public static FakeGuest wellBehaved() {
        return WELL_BEHAVED;
    }

    /** Takes that long until its agent answers. */
    public FakeGuest bootingFor(Duration time) {
        return new FakeGuest(time, end, lostPresses, shutdown, agent, keepsDevices);
    }

    /** Runs and never comes up. */
    public FakeGuest neverBooting() {
        return bootingFor(Duration.ofDays(365));
    }

    /** Ends by itself that long after its start, whatever it is doing. */
    public FakeGuest endingAfter(Duration time, Vmm.Exit exit) {
        return new FakeGuest(boot, Optional.of(new End(time, exit)), lostPresses, shutdown, agent, keepsDevices);
    }

    /** Does nothing when its power button is pressed. */
    public FakeGuest ignoringThePowerButton() {
        return losingPresses(Integer.MAX_VALUE);
    }

    /** Does not notice so many presses of its power button, as one that boots. */
    public FakeGuest losingPresses(int count) {
        return new FakeGuest(boot, end, count, shutdown, agent, keepsDevices);
    }

    /** Takes that long to power off once asked to. */
    public FakeGuest shuttingDownFor(Duration time) {
        return new FakeGuest(boot, end, lostPresses, time, agent, keepsDevices);
    }

    /** Has that agent; the one of its host unless called. */
    public FakeGuest withAgent(FakeAgent newAgent) {
        return new FakeGuest(boot, end, lostPresses, shutdown, Optional.of(newAgent), keepsDevices);
    }

    /** Does not let go of devices that are taken from it. */
    public FakeGuest keepingDevices() {
        return new FakeGuest(boot, end, lostPresses, shutdown, agent, true);
    }

    boolean keepsDevices() {
        return keepsDevices;
    }

    Duration boot() {
        return boot;
    }

    Optional<End> end() {
        return end;
    }

    int lostPresses() {
        return lostPresses;
    }

    Duration shutdown() {
        return shutdown;
    }

    Optional<FakeAgent> agent() {
        return agent;
    }
}
