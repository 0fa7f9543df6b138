package dev.minions.testkit.fake;

import dev.minions.HostReport;
import dev.minions.spi.Backend;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import java.util.List;
import java.util.function.BiFunction;

/**
 * A real backend, each opening of which is watched by the process of a host.
 *
 * @param host whose process watches
 * @param real what is watched
 * @param watching puts the process before what was opened
 */
record WatchedFactory<B extends Backend>(FakeHost host, BackendFactory<B> real, BiFunction<FakeProcess, B, B> watching)
        implements BackendFactory<B> {
    @Override
    public BackendId id() {
        return real.id();
    }

    @Override
    public List<HostReport.Finding> probe() {
        return real.probe();
    }

    @Override
    public B open(BackendContext context) {
        return watching.apply(host.process(), real.open(context));
    }
}
