package dev.minions.core.engine;

import dev.minions.VmId;
import dev.minions.error.MinionsException;
import dev.minions.spi.VmRecord;
import dev.minions.spi.Vmm;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices the end of the VMMs that this engine started, at once, and has it written down. Each watch blocks a platform
 * thread in a read, as nothing else tells of the end of a process that is not a child.
 */
final class DeathWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeathWatch.class);
    private static final Duration LONG = Duration.ofDays(1);
    private static final Duration END_LIMIT = Duration.ofSeconds(10);
    private static final int STACK_BYTES = 256 * 1024;

    private final Function<VmRecord, Optional<Vmm>> finder;
    private final Consumer<VmId> onEnd;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    /**
     * Makes one.
     *
     * @param onEnd writes down the end of a VM, unless an operation does
     */
    DeathWatch(Function<VmRecord, Optional<Vmm>> finder, Consumer<VmId> onEnd) {
        this.finder = finder;
        this.onEnd = onEnd;
    }

    /** Watches a VM that runs, until its VMM ends. */
    void watch(VmRecord vm) {
        Thread thread = Thread.ofPlatform()
                .daemon()
                .name("minions-life-" + vm.id().shortForm())
                .stackSize(STACK_BYTES)
                .unstarted(() -> run(vm));
        threads.add(thread);
        thread.start();
    }

    private void run(VmRecord vm) {
        try {
            Optional<Vmm> found = finder.apply(vm);
            if (found.isPresent()) {
                awaitEnd(found.get());
            }
            if (!Thread.currentThread().isInterrupted()) {
                onEnd.accept(vm.id());
            }
        } catch (MinionsException e) {
            LOG.debug("the end of vm {} is left to others: {}", vm.id(), e.getMessage()); // an operation is on it
        } finally {
            threads.remove(Thread.currentThread());
        }
    }

    private static void awaitEnd(Vmm vmm) {
        try (vmm) {
            while (!Thread.currentThread().isInterrupted()) {
                if (vmm.awaitExit(LONG).isPresent()) {
                    return;
                }
            }
        }
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        try {
            for (Thread thread : threads) {
                thread.join(END_LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
