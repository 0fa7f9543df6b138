package dev.minions.core.engine;

import dev.minions.StopResult.How;
import dev.minions.core.engine.GuestAgents.Link;
import dev.minions.error.MinionsException;
import dev.minions.spi.VmRecord;
import dev.minions.spi.Vmm;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a guest shut itself down: by its agent, then by the power button, then not at all. Never waits longer than the
 * guest takes, as the end of the VMM is awaited and not looked for.
 *
 * <p>A guest that reboots loses what it was asked: its agent takes the request and the reboot goes on, and a button that
 * is pressed while it boots is lost. Nobody is told of either. So both are tried again until the deadline.
 */
final class Shutdown {
    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);
    private static final Duration ASK_LIMIT = Duration.ofSeconds(5);
    private static final Duration TRY_AGAIN = Duration.ofSeconds(3);
    private static final Duration CANCEL_LOOK = Duration.ofMillis(250);

    private final Function<VmRecord, Optional<Vmm>> finder;
    private final GuestAgents agents;

    Shutdown(Function<VmRecord, Optional<Vmm>> finder, GuestAgents agents) {
        this.finder = finder;
        this.agents = agents;
    }

    /**
     * Shuts the guest down.
     *
     * @param grace how long it may take altogether
     * @return what it heeded; {@code KILLED} if nothing, and its VMM still runs
     */
    How run(Operation operation, VmRecord vm, Duration grace) throws InterruptedException {
        Optional<Vmm> found = finder.apply(vm);
        if (found.isEmpty()) {
            return How.ALREADY_STOPPED;
        }
        long deadline = System.nanoTime() + grace.toNanos();
        try (Vmm vmm = found.get()) {
            operation.begin("ask the agent");
            // An agent that takes the request gets most of the time; the button is for one that then hangs.
            if (askAgent(vm, vmm, grace) && endsOrIsAskedAgain(operation, vm, vmm, deadline - grace.toNanos() / 3)) {
                return How.AGENT;
            }
            operation.begin("press the power button");
            return grace.isZero() ? How.KILLED : press(operation, vm, vmm, deadline);
        }
    }

    /** For a guest whose agent has taken the request; it may be back after a reboot that was under way. */
    private boolean endsOrIsAskedAgain(Operation operation, VmRecord vm, Vmm vmm, long deadline)
            throws InterruptedException {
        while (!ends(operation, vmm, soon(deadline))) {
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            // One attach that waits: a guest that boots is not to be bothered with one after the other.
            try (Reach back = new Reach(agents, vm, vmm, deadline)) {
                awaitAgent(operation, vmm, back, deadline).ifPresent(link -> ask(vm, link));
            }
        }
        return true;
    }

    /** Presses it again and again. An agent that comes back in the meantime is asked again. */
    private How press(Operation operation, VmRecord vm, Vmm vmm, long deadline) throws InterruptedException {
        try (Reach back = new Reach(agents, vm, vmm, deadline)) {
            boolean away = true;
            boolean pressed = false;
            while (System.nanoTime() - deadline < 0) {
                pressed |= press(vmm);
                if (!pressed) {
                    return How.KILLED;
                }
                long next = soon(deadline);
                Optional<Link> link = away ? awaitAgent(operation, vmm, back, next) : Optional.empty();
                away &= link.isEmpty();
                if (link.isPresent() && ask(vm, link.get())) {
                    return endsOrIsAskedAgain(operation, vm, vmm, deadline) ? How.AGENT : How.KILLED;
                }
                if (ends(operation, vmm, next)) {
                    return How.POWER_BUTTON;
                }
            }
            return How.KILLED;
        }
    }

    /** Empty if it is not there by then, or the VMM ended. */
    private static Optional<Link> awaitAgent(Operation operation, Vmm vmm, Reach back, long until)
            throws InterruptedException {
        while (System.nanoTime() - until < 0 && vmm.awaitExit(Duration.ZERO).isEmpty()) {
            try {
                Optional<Link> link = back.await(CANCEL_LOOK);
                if (link.isPresent()) {
                    return link;
                }
            } catch (MinionsException e) {
                LOG.info("the agent does not come back: {}", e.getMessage());
                return Optional.empty();
            }
            operation.checkpoint();
        }
        return Optional.empty();
    }

    private static long soon(long deadline) {
        long next = System.nanoTime() + TRY_AGAIN.toNanos();
        return next - deadline < 0 ? next : deadline;
    }

    private boolean askAgent(VmRecord vm, Vmm vmm, Duration grace) {
        Duration limit = grace.compareTo(ASK_LIMIT) < 0 ? grace : ASK_LIMIT;
        if (limit.isZero()) {
            return false;
        }
        try {
            return ask(vm, agents.reach(vm, vmm, limit));
        } catch (MinionsException e) {
            LOG.info("the agent of vm {} does not answer: {}", vm.id(), e.getMessage());
            return false;
        }
    }

    private static boolean ask(VmRecord vm, Link agent) {
        try (agent) {
            return agent.shutDown(ASK_LIMIT);
        } catch (MinionsException e) {
            LOG.info("the agent of vm {} does not take the request: {}", vm.id(), e.getMessage());
            return false;
        }
    }

    private static boolean press(Vmm vmm) {
        try {
            vmm.pressPowerButton();
            return true;
        } catch (MinionsException e) {
            LOG.info("the power button cannot be pressed: {}", e.getMessage());
            return false;
        }
    }

    private static boolean ends(Operation operation, Vmm vmm, long deadline) throws InterruptedException {
        while (true) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            if (vmm.awaitExit(left.compareTo(CANCEL_LOOK) < 0 ? left : CANCEL_LOOK)
                    .isPresent()) {
                return true;
            }
            if (left.isZero()) {
                return false;
            }
            operation.checkpoint();
        }
    }
}
