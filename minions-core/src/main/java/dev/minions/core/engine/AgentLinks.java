package dev.minions.core.engine;

import dev.minions.VmId;
import dev.minions.agent.client.AgentClient;
import dev.minions.agent.client.AgentException;
import dev.minions.agent.protocol.Failure;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.GuestChannel;
import dev.minions.spi.StateStore;
import dev.minions.spi.VmRecord;
import dev.minions.spi.Vmm;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Links to agents: one connection for each VM that this engine talks to, shared by all its callers, and given up soon
 * after the last of them. Where a guest has a few numbered lanes, the one in use is claimed in the store, as a second
 * client of the same lane would be served by nobody.
 */
final class AgentLinks implements GuestAgents {
    private static final Logger LOG = LoggerFactory.getLogger(AgentLinks.class);

    /** How long a connection outlives its last caller: a loop of short commands then attaches once. */
    private static final Duration LINGER = Duration.ofMillis(500);

    private static final long FIRST_PAUSE_MILLIS = 5;
    private static final long LONGEST_PAUSE_MILLIS = 100;

    private final StateStore store;
    private final Instances instances;
    private final Consumer<String> recoverer;
    private final ConcurrentHashMap<VmId, Shared> open = new ConcurrentHashMap<>();
    private final ScheduledExecutorService closer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("minions-links").factory());

    /**
     * Makes one.
     *
     * @param recoverer recovers what an engine left, if it is dead
     */
    AgentLinks(StateStore store, Instances instances, Consumer<String> recoverer) {
        this.store = store;
        this.instances = instances;
        this.recoverer = recoverer;
    }

    /** A connection, its lane, and how many use it. Guarded by its lock, which is held while attaching. */
    private static final class Shared {
        private final ReentrantLock lock = new ReentrantLock();
        private @Nullable AgentClient client;
        private OptionalInt lane = OptionalInt.empty();
        private int users;
        private boolean discarded;
    }

    @Override
    public Optional<Link> tryReach(VmRecord vm, Vmm vmm, Duration limit) {
        try {
            long deadline = System.nanoTime() + limit.toNanos();
            if (!vmm.channel().awaitCall(limit)) {
                return Optional.empty();
            }
            Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
            return Optional.of(reach(vm, vmm, left));
        } catch (MinionsException e) {
            return switch (e.code()) {
                case AGENT_TIMEOUT, VMM_EXITED -> Optional.empty();
                default -> throw e;
            };
        }
    }

    @Override
    public Link reach(VmRecord vm, Vmm vmm, Duration limit) {
        while (true) {
            Shared shared = open.computeIfAbsent(vm.id(), id -> new Shared());
            lock(shared, vm, limit);
            try {
                if (shared.discarded) {
                    continue; // given up between the lines above; the map has, or will have, a new one
                }
                shared.users++;
                try {
                    AgentClient client = attached(shared, vm, vmm.channel(), limit);
                    return new AgentLink(client, vm, () -> giveBack(vm, shared));
                } catch (RuntimeException e) {
                    giveBack(vm, shared);
                    throw e;
                }
            } finally {
                shared.lock.unlock();
            }
        }
    }

    private static void lock(Shared shared, VmRecord vm, Duration limit) {
        try {
            if (!shared.lock.tryLock(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new MinionsException(
                        ErrorCode.AGENT_TIMEOUT,
                        "reach the agent of vm '" + vm.name() + "': another caller has been attaching to it for all of "
                                + limit.toMillis() + " ms");
            }
        } catch (InterruptedException e) {
            throw Turns.interrupted("reach the agent of", vm.id(), e);
        }
    }

    private AgentClient attached(Shared shared, VmRecord vm, GuestChannel channel, Duration limit) {
        AgentClient present = shared.client;
        if (present != null && present.isOpen()) {
            return present;
        }
        disconnect(vm, shared);
        long deadline = System.nanoTime() + limit.toNanos();
        shared.lane = claimLane(vm, channel, deadline);
        int lane = shared.lane.orElse(0);
        try {
            Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
            AgentClient client =
                    AgentClient.attach(channel.framing(), each -> channel.open(lane, each), Optional.of(vm.id()), left);
            shared.client = client;
            return client;
        } catch (InterruptedException e) {
            throw Turns.interrupted("reach the agent of", vm.id(), e);
        } catch (IOException e) {
            throw translate("reach the agent", vm, e);
        }
    }

    private OptionalInt claimLane(VmRecord vm, GuestChannel channel, long deadline) {
        int lanes = channel.lanes();
        if (lanes == 0) {
            return OptionalInt.empty();
        }
        long pause = FIRST_PAUSE_MILLIS;
        while (true) {
            OptionalInt lane = tryClaim(vm, lanes);
            if (lane.isPresent()) {
                return lane;
            }
            recoverHolders(vm);
            if (System.nanoTime() - deadline >= 0) {
                throw new MinionsException(
                        ErrorCode.NO_LANE,
                        "reach the agent of vm '" + vm.name() + "': all " + lanes
                                + " connections to it are in use by other programs; end one of their commands");
            }
            try {
                TimeUnit.MILLISECONDS.sleep(pause);
            } catch (InterruptedException e) {
                throw Turns.interrupted("reach the agent of", vm.id(), e);
            }
            pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
        }
    }

    private OptionalInt tryClaim(VmRecord vm, int lanes) {
        String self = instances.current();
        return store.write(transaction -> {
            for (int lane = 0; lane < lanes; lane++) {
                if (transaction.claimLane(vm.id(), lane, self)) {
                    return OptionalInt.of(lane);
                }
            }
            return OptionalInt.empty();
        });
    }

    private void recoverHolders(VmRecord vm) {
        String self = instances.current();
        store.read(view -> view.lanes(vm.id())).stream()
                .map(claim -> claim.instance())
                .filter(instance -> !instance.equals(self))
                .distinct()
                .forEach(recoverer);
    }

    private void giveBack(VmRecord vm, Shared shared) {
        shared.lock.lock();
        try {
            shared.users--;
            if (shared.users > 0 || shared.discarded) {
                return;
            }
            if (shared.client == null || closer.isShutdown()) {
                discard(vm, shared);
                return;
            }
        } finally {
            shared.lock.unlock();
        }
        Future<?> unused = closer.schedule(() -> discardIfUnused(vm, shared), LINGER.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void discardIfUnused(VmRecord vm, Shared shared) {
        shared.lock.lock();
        try {
            if (shared.users == 0 && !shared.discarded) {
                discard(vm, shared);
            }
        } catch (MinionsException e) {
            LOG.info("a lane of vm {} is freed with this engine only: {}", vm.id(), e.getMessage());
        } finally {
            shared.lock.unlock();
        }
    }

    private void discard(VmRecord vm, Shared shared) {
        shared.discarded = true;
        open.remove(vm.id(), shared);
        disconnect(vm, shared);
    }

    private void disconnect(VmRecord vm, Shared shared) {
        AgentClient client = shared.client;
        shared.client = null;
        if (client != null) {
            client.close();
        }
        OptionalInt lane = shared.lane;
        shared.lane = OptionalInt.empty();
        if (lane.isPresent()) {
            store.<Boolean>write(transaction -> {
                transaction.releaseLane(vm.id(), lane.getAsInt(), instances.current());
                return true;
            });
        }
    }

    /** What the agent's client says, in the words of the API. */
    static MinionsException translate(String what, VmRecord vm, IOException failure) {
        String message = what + " of vm '" + vm.name() + "': " + failure.getMessage();
        ErrorCode code = ErrorCode.AGENT_ERROR;
        if (failure instanceof AgentException e) {
            code = switch (e.reason()) {
                case TIMED_OUT -> ErrorCode.AGENT_TIMEOUT;
                case UNSUPPORTED -> ErrorCode.NOT_SUPPORTED;
                case REFUSED -> refusal(e.failure());
                case LOST, PROTOCOL, WRONG_GUEST -> ErrorCode.AGENT_ERROR;
            };
        }
        return new MinionsException(code, message, failure);
    }

    private static ErrorCode refusal(Failure failure) {
        return switch (failure) {
            case NOT_FOUND -> ErrorCode.GUEST_COMMAND_NOT_FOUND;
            case NOT_EXECUTABLE -> ErrorCode.GUEST_COMMAND_NOT_EXECUTABLE;
            case UNSUPPORTED, UNKNOWN_TYPE -> ErrorCode.NOT_SUPPORTED;
            case BAD_REQUEST, BUSY, FAILED -> ErrorCode.AGENT_ERROR;
        };
    }

    @Override
    public void close() {
        closer.shutdownNow();
        open.forEach((vm, shared) -> {
            shared.lock.lock();
            try {
                AgentClient client = shared.client;
                shared.discarded = true;
                if (client != null) {
                    client.close(); // its lane is freed with this engine's instance
                }
            } finally {
                shared.lock.unlock();
            }
        });
        open.clear();
    }
}
