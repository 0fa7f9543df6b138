package dev.minions.core.engine;

import dev.minions.core.instance.HeldLock;
import dev.minions.core.instance.InstanceId;
import dev.minions.core.instance.InstanceLocks;
import dev.minions.spi.StateStore;
import dev.minions.spi.StateView;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Instances by lock files in the data directory. Registers when it is first asked to, so that readers never write. */
public final class LockedInstances implements Instances {
    private final InstanceLocks locks;
    private final StateStore store;
    private @Nullable HeldLock own;

    /**
     * Makes one.
     *
     * @param locks the data directory's
     * @param store where the rows are
     */
    public LockedInstances(InstanceLocks locks, StateStore store) {
        this.locks = locks;
        this.store = store;
    }

    @Override
    public synchronized String current() {
        HeldLock lock = own;
        if (lock != null) {
            lock.verify();
            return lock.id().value();
        }
        HeldLock fresh = locks.acquire(InstanceId.random());
        try {
            store.<Boolean>write(transaction -> {
                transaction.addInstance(fresh.id().value());
                return true;
            });
        } catch (RuntimeException e) {
            fresh.remove();
            throw e;
        }
        own = fresh;
        forgetUnregistered();
        return fresh.id().value();
    }

    /** An engine that died between its lock and its row left nothing but the lock's file. */
    private void forgetUnregistered() {
        List<InstanceId> all = locks.all();
        List<String> registered = store.read(StateView::instances);
        all.stream().filter(id -> !registered.contains(id.value())).forEach(this::forgetIfUnregistered);
    }

    private void forgetIfUnregistered(InstanceId id) {
        Optional<HeldLock> dead = locks.tryTakeOver(id);
        if (dead.isPresent()) {
            // It may have registered before it died, since the store was read.
            if (store.read(StateView::instances).contains(id.value())) {
                dead.get().close();
            } else {
                dead.get().remove();
            }
        }
    }

    @Override
    public Optional<Takeover> takeOver(String instance) {
        return locks.tryTakeOver(new InstanceId(instance)).map(HeldTakeover::new);
    }

    private record HeldTakeover(HeldLock lock) implements Takeover {
        @Override
        public void forget() {
            lock.remove();
        }

        @Override
        public void close() {
            lock.close();
        }
    }

    /** An engine that leaves an operation unfinished leaves its row too: the next one takes it for dead, and recovers. */
    @Override
    public synchronized void close() {
        HeldLock lock = own;
        own = null;
        if (lock == null) {
            return;
        }
        String name = lock.id().value();
        boolean clean = store.write(transaction -> {
            boolean unfinished = transaction.openOperations().stream()
                    .anyMatch(operation -> operation.instance().equals(name));
            if (!unfinished) {
                transaction.removeInstance(name);
            }
            return !unfinished;
        });
        if (clean) {
            lock.remove();
        } else {
            lock.close();
        }
    }
}
