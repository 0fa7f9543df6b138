package dev.minions.spi;

import dev.minions.AllowedSource;
import dev.minions.DataRate;
import dev.minions.PortForward;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Connects VMs to a network. Guests are hostile: they reach the outside and neither the host's services nor, unless
 * allowed, each other. Passes {@code NetworkContract}.
 */
public interface Network extends Backend {
    /** How it connects them. */
    NicKind kind();

    /** What it can do beyond connecting; the engine asks for nothing else. */
    default Set<Feature> features() {
        return Set.of();
    }

    /** The addresses that the engine gives out on it, each to one VM from create to destroy. */
    AddressPlan addresses();

    /**
     * Makes what a VM's card is connected to, or returns it as it is if it is there.
     *
     * @return what the hypervisor is to connect
     * @throws dev.minions.error.MinionsException {@code PORT_IN_USE} naming the port, or {@code NETWORK_ERROR}
     */
    Nic attach(NicRequest request);

    /** Removes all that {@link #attach} made, or half made, for that VM. Nothing there is success. */
    void detach(VmPlace place);

    /** What only some networks can do. */
    enum Feature {
        /** Let others than this host open connections to a VM: {@link NicRequest#allowFrom}. */
        ALLOW_FROM,
        /** Limit how much passes: {@link NicRequest#bandwidth}. */
        BANDWIDTH
    }

    /**
     * What a VM asks of a network.
     *
     * @param place where the VM's things are
     * @param mac its MAC address
     * @param address its address
     * @param publish the ports of the host that lead into it
     * @param lifetime how long it lives
     * @param allowFrom who may open connections to it; empty unless the network has {@link Feature#ALLOW_FROM}
     * @param bandwidth the most that may pass in each direction; empty unless it has {@link Feature#BANDWIDTH}
     */
    record NicRequest(
            VmPlace place,
            String mac,
            String address,
            List<PortForward> publish,
            MachineSpec.Lifetime lifetime,
            Set<AllowedSource> allowFrom,
            Optional<DataRate> bandwidth) {
        /** Copies the collections. */
        public NicRequest {
            publish = List.copyOf(publish);
            allowFrom = Set.copyOf(allowFrom);
        }

        /** Asks for no more than every network can do. */
        public NicRequest(
                VmPlace place, String mac, String address, List<PortForward> publish, MachineSpec.Lifetime lifetime) {
            this(place, mac, address, publish, lifetime, Set.of(), Optional.empty());
        }
    }
}
