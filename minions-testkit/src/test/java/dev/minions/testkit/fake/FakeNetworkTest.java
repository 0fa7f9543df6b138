package dev.minions.testkit.fake;

import dev.minions.VmId;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.Network;
import dev.minions.testkit.NetworkContract;
import java.util.List;

class FakeNetworkTest extends NetworkContract {
    private final FakeHost host = new FakeHost();

    @Override
    protected BackendFactory<Network> factory() {
        return FakeNetwork.on(host.anotherProcess());
    }

    @Override
    protected List<String> onHost(BackendContext context) {
        return host.connected().stream().map(VmId::toString).toList();
    }

    @Override
    protected AutoCloseable occupy(int port) {
        host.occupyPort(port);
        return () -> host.releasePort(port);
    }
}
