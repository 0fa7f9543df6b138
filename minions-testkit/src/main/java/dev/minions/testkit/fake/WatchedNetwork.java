package dev.minions.testkit.fake;

import dev.minions.spi.AddressPlan;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.Network;
import dev.minions.spi.Nic;
import dev.minions.spi.NicKind;
import dev.minions.spi.VmPlace;
import java.util.Set;

/** A real network whose calls go wrong as a {@link FakeHost} says, and are moments of its process. */
public final class WatchedNetwork {
    private WatchedNetwork() {}

    /** That network, as it is for the process of that host. */
    public static BackendFactory<Network> on(FakeHost host, BackendFactory<Network> real) {
        return new WatchedFactory<>(host, real, Watched::new);
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
