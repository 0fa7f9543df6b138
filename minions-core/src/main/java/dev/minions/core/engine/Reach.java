package dev.minions.core.engine;

import dev.minions.core.engine.GuestAgents.Link;
import dev.minions.error.MinionsException;
import dev.minions.spi.VmRecord;
import dev.minions.spi.Vmm;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A try to reach the agent of a booting guest, repeated on a thread of its own until it succeeds, the VMM ends or the
 * deadline passes. Closing ends it; a link that came too late is given back.
 */
final class Reach implements AutoCloseable {
    private static final Duration LONGEST_TRY = Duration.ofSeconds(30);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);
    private static final Duration END_LIMIT = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Reach.class);

    private final GuestAgents agents;
    private final VmRecord vm;
    private final Vmm vmm;
    private final long deadline;
    private final CompletableFuture<Link> link = new CompletableFuture<>();
    private final CompletableFuture<Optional<Vmm.Exit>> ended = new CompletableFuture<>();
    private final Thread worker;
    private final Thread watcher;

    Reach(GuestAgents agents, VmRecord vm, Vmm vmm, long deadline) {
        this.agents = agents;
        this.vm = vm;
        this.vmm = vmm;
        this.deadline = deadline;
        this.worker = Thread.ofPlatform()
                .daemon()
                .name("minions-reach-" + vm.id().shortForm())
                .start(this::work);
        this.watcher = Thread.ofPlatform()
                .daemon()
                .name("minions-watch-" + vm.id().shortForm())
                .start(this::watch);
    }

    /**
     * Waits for the link.
     *
     * @return empty if it is not there within the limit, or sooner if the VMM ended
     */
    Optional<Link> await(Duration limit) throws InterruptedException {
        try {
            CompletableFuture.anyOf(link, ended).get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return Optional.ofNullable(link.getNow(null));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MinionsException failure) {
                throw failure;
            }
            throw new IllegalStateException("reaching the agent of vm " + vm.id(), e.getCause());
        }
    }

    private void work() {
        try {
            Duration pause = FIRST_PAUSE;
            while (!Thread.currentThread().isInterrupted() && remaining().isPositive()) {
                Optional<Link> reached = agents.tryReach(vm, vmm, shorter(remaining(), LONGEST_TRY));
                if (reached.isPresent()) {
                    deliver(reached.get());
                    return;
                }
                Thread.sleep(pause); // between tries at a guest that refuses connections; one that is booting blocks
                pause = shorter(pause.multipliedBy(2), LONGEST_PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            link.completeExceptionally(e);
        }
    }

    private void deliver(Link reached) {
        if (!link.complete(reached)) {
            reached.close();
        }
    }

    private void watch() {
        try {
            ended.complete(vmm.awaitExit(remaining()));
        } catch (RuntimeException e) {
            LOG.debug("watching the machine of vm {} ended: {}", vm.id(), e.getMessage()); // the deadline still holds
        }
    }

    private Duration remaining() {
        return Duration.ofNanos(deadline - System.nanoTime());
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    @Override
    public void close() {
        link.cancel(false); // nothing if it has been delivered; a later one is given back by deliver
        worker.interrupt();
        watcher.interrupt();
        try {
            worker.join(END_LIMIT);
            watcher.join(END_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
