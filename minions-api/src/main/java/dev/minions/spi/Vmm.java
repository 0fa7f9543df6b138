package dev.minions.spi;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A VMM process, seen from any process of the installation. Any number of engines may hold one for the same VM at the
 * same time, so nothing that serves one client only is held beyond one exchange. Any thread.
 */
public interface Vmm extends AutoCloseable {
    /** Its process id while it runs, checked by its identity and not by the number alone. */
    OptionalLong pid();

    /**
     * Waits for the end of the process. Notices it at once, also a {@code kill -9}, without polling.
     *
     * @param limit how long to wait; zero to look
     * @return how it ended; empty if it still runs
     */
    Optional<Exit> awaitExit(Duration limit);

    /**
     * Presses the power button and returns; whether the guest heeds it is another matter.
     *
     * @throws dev.minions.error.MinionsException {@code HYPERVISOR_ERROR} if the VMM does not take it within a second
     *     or so
     */
    void pressPowerButton();

    /** Kills the process and waits until it is dead. A dead one is success. */
    void kill();

    /** Changes the devices of the machine while it runs, if this VMM can: absent rather than throwing. */
    default Optional<HotPlug> hotPlug() {
        return Optional.empty();
    }

    /** Changes the CPUs and the memory of the machine while it runs, if this VMM can. */
    default Optional<Sizing> sizing() {
        return Optional.empty();
    }

    /** Lets the machine stand still, if this VMM can. */
    default Optional<Pausing> pausing() {
        return Optional.empty();
    }

    /** The way to the guest's agent. It stays usable after this handle is closed. */
    GuestChannel channel();

    /** The last lines that the VMM itself wrote, for messages; empty if there are none. */
    String errorTail();

    /** Its sockets and other paths worth knowing, by name. */
    Map<String, Path> paths();

    /** Lets go of it; the VMM runs on. May be called again. */
    @Override
    void close();

    /**
     * How a VMM ended.
     *
     * @param cause why
     * @param code its exit code, where it exited and somebody was there to see
     * @param detail one line for people
     */
    record Exit(Cause cause, OptionalInt code, String detail) {}

    /** Why a VMM ended. It may grow, so keep a default. */
    enum Cause {
        /** The guest powered itself off. */
        GUEST_POWERED_OFF,
        /** The guest's kernel panicked. */
        GUEST_PANICKED,
        /** A signal ended it, or Minions did. */
        KILLED,
        /** It exited with an error of its own. */
        FAILED,
        /** It has ended and nobody saw how: the host rebooted, or its launcher was killed with it. */
        UNKNOWN
    }
}
