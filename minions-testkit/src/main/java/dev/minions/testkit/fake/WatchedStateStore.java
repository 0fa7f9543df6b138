package dev.minions.testkit.fake;

import dev.minions.spi.StateStore;
import dev.minions.spi.StateTransaction;
import dev.minions.spi.StateView;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A real store whose calls go wrong as a {@link FakeHost} says, and are moments of its process: halfway through a
 * change, all of the change has been made and is not committed.
 */
public final class WatchedStateStore implements StateStore {
    private final FakeHost host;
    private final StateStore real;

    private WatchedStateStore(FakeHost host, StateStore real) {
        this.host = host;
        this.real = real;
    }

    /** That store, as it is for the process of that host; closing this closes it. */
    public static WatchedStateStore on(FakeHost host, StateStore real) {
        return new WatchedStateStore(host, real);
    }

    @Override
    public <T extends @Nullable Object> T read(Function<? super StateView, T> body) {
        return host.process().call(FakeCall.STORE_READ, () -> real.read(body));
    }

    @Override
    public <T extends @Nullable Object> T write(Function<? super StateTransaction, T> body) {
        return host.process().call(FakeCall.STORE_WRITE, () -> dieWithin(body), () -> real.write(body));
    }

    private void dieWithin(Function<? super StateTransaction, ?> body) {
        try {
            real.<Boolean>write(transaction -> {
                Object unused = body.apply(transaction);
                host.kill();
                throw new ProcessKilled("within a transaction, after " + unused);
            });
        } catch (ProcessKilled expected) {
            return; // a process of this JVM's only plays dead
        }
    }

    @Override
    public void releaseReserve() {
        real.releaseReserve();
    }

    @Override
    public void close() {
        real.close();
    }
}
