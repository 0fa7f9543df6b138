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

/**
 * A network without a wire. Passes {@code NetworkContract}. Its cards belong to the {@link FakeHost}: addresses, MAC
 * addresses and host ports are unique there, whoever asks.
 */
public final class FakeNetwork implements Network {
    private static final BackendId ID = BackendId.of("fake-net");

    private final FakeHost host;
    private final AddressPlan addresses;

    private FakeNetwork(FakeHost host, AddressPlan addresses) {
        this.host = host;
        this.addresses = addresses;
    }

    /** What opens a network in the process of that host, with the usual addresses. */
    public static BackendFactory<Network> on(FakeHost host) {
        return on(host, AddressPlan.usual("fake0"));
    }

    /** What opens a network in the process of that host, with those addresses. */
    public static BackendFactory<Network> on(FakeHost host, AddressPlan addresses) {
        return new Factory(host, addresses);
    }

    private record Factory(FakeHost host, AddressPlan addresses) implements BackendFactory<Network> {
        @Override
        public BackendId id() {
            return ID;
        }

        @Override
        public List<HostReport.Finding> probe() {
            return List.of(HostReport.Finding.ok("fake network", "always works"));
        }

        @Override
        public Network open(BackendContext context) {
            return new FakeNetwork(host, addresses);
        }
    }

    @Override
    public BackendId id() {
        return ID;
    }

    @Override
    public String configuration() {
        return addresses.network();
    }

    @Override
    public String description() {
        return "fake network '" + addresses.network() + "'";
    }

    @Override
    public NicKind kind() {
        return NicKind.USER;
    }

    @Override
    public AddressPlan addresses() {
        return addresses;
    }

    @Override
    public Nic attach(NicRequest request) {
        return host.process()
                .call(FakeCall.NETWORK_ATTACH, () -> host.world().cards().attach(request), () -> {
                    host.world().cards().attach(request);
                    return new Nic(
                            request.mac(),
                            new Nic.Endpoint.Isolated(
                                    request.publish(),
                                    request.address() + "/" + addresses.prefixLength(),
                                    addresses.gateway()));
                });
    }

    @Override
    public void detach(VmPlace place) {
        host.process().call(FakeCall.NETWORK_DETACH, () -> {
            host.world().cards().detach(place.vm());
            return true;
        });
    }

    @Override
    public void close() {
        // nothing is held: the cards are the host's
    }
}
