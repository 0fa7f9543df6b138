package dev.minions.core.engine;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.VmRecord;
import dev.minions.spi.Vmm;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the disks of a VM stand still while something reads them. A guest that runs is frozen by its agent, which lets
 * go by itself when the time is over; so a host that dies leaves no guest frozen.
 */
final class Stillness {
    /** The longest that an agent holds a guest, and that a service in it should have to bear. */
    static final Duration HOLD = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(Stillness.class);
    private static final Duration REACH_LIMIT = Duration.ofSeconds(30);
    private static final Duration CALL_LIMIT = Duration.ofSeconds(30);

    private final Power power;
    private final GuestAgents agents;

    Stillness(Power power, GuestAgents agents) {
        this.power = power;
        this.agents = agents;
    }

    /**
     * Calls the reader while the VM's disks stand still.
     *
     * @param what is done, for messages: {@code snapshot}
     * @param reader is given what it must call as soon as it has read everything, which throws if the disks did not
     *     stand still until then
     * @throws MinionsException {@code WRONG_STATE} if reading took longer than a guest is held; {@code NOT_SUPPORTED}
     *     if its agent cannot hold it
     */
    void during(Operation operation, VmRecord vm, String what, Consumer<Runnable> reader) throws InterruptedException {
        if (!vm.state().hasProcess()) {
            reader.accept(() -> {});
            return;
        }
        try (Vmm vmm = power.running(vm, what);
                GuestAgents.Link link = agents.reach(vm, vmm, REACH_LIMIT)) {
            operation.begin("freeze the guest");
            link.freeze(HOLD, CALL_LIMIT);
            Frozen frozen = new Frozen(vm, what, link);
            try {
                reader.accept(frozen::thaw);
            } finally {
                frozen.letGo();
            }
        }
    }

    /** A guest that stands still. For one thread. */
    private static final class Frozen {
        private final VmRecord vm;
        private final String what;
        private final GuestAgents.Link link;
        private final long since = System.nanoTime();
        private boolean asked;

        Frozen(VmRecord vm, String what, GuestAgents.Link link) {
            this.vm = vm;
            this.what = what;
            this.link = link;
        }

        void thaw() {
            asked = true;
            boolean held = link.thaw(CALL_LIMIT);
            LOG.info(
                    "vm {} stood still for {} ms",
                    vm.id(),
                    Duration.ofNanos(System.nanoTime() - since).toMillis());
            if (!held) {
                throw new MinionsException(
                        ErrorCode.WRONG_STATE,
                        what + " vm '" + vm.name() + "': reading its disks took longer than the " + HOLD.toSeconds()
                                + " s that a running guest may stand still; stop it first");
            }
        }

        /** Whoever read has failed: the guest need not wait until its time is over. */
        void letGo() {
            if (asked) {
                return;
            }
            try {
                link.thaw(CALL_LIMIT);
            } catch (MinionsException e) {
                LOG.info("vm {} thaws by itself: {}", vm.id(), e.getMessage());
            }
        }
    }
}
