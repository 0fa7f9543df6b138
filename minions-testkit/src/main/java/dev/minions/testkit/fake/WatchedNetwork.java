package dev.minions.testkit.fake;

import dev.minions.HostReport;
import dev.minions.spi.AddressPlan;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.Network;
import dev.minions.spi.Nic;
import dev.minions.spi.NicKind;
import dev.minions.spi.VmPlace;
import java.util.List;
import java.util.Set;

/** A real network whose calls go wrong as a {@link FakeHost} says, and are moments of its process. */
public final class WatchedNetwork implements BackendFactory<Network> {
    private final FakeHost host;
    private final BackendFactory<Network> real;

    private WatchedNetwork(FakeHost host, BackendFactory<Network> real) {
        this.host = host;
        this.real = real;
    }

    /** That network, as it is for the process of that host. */
    public static WatchedNetwork on(FakeHost host, BackendFactory<Network> real) {
        return new WatchedNetwork(host, real);
    }

    @Override
    public BackendId id() {
        return real.id();
    }

    @Override
    public List<HostReport.Finding> probe() {
        return real.probe();
    }

    @Override
    public Network open(BackendContext context) {
        return new Watched(host.process(), real.open(context));
    }

    private record Watched(FakeProcess process, Network real) implements Network {
        @Override
        public BackendId id() {
            return real.id();
        }

        @Override
        public String configuration() {
            return real.configuration();
        }

        @Override
        public String description() {
            return real.description();
        }

        @Override
        public NicKind kind() {
            return real.kind();
        }

        @Override
        public Set<Feature> features() {
            return real.features();
        }

        @Override
        public AddressPlan addresses() {
            return real.addresses();
        }

        @Override
        public Nic attach(NicRequest request) {
            return process.around(FakeCall.NETWORK_ATTACH, () -> real.attach(request));
        }

        @Override
        public void detach(VmPlace place) {
            process.around(FakeCall.NETWORK_DETACH, () -> real.detach(place));
        }

        @Override
        public void close() {
            real.close();
        }
    }
}
