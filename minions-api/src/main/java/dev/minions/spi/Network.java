package dev.minions.spi;

import dev.minions.PortForward;
import java.util.List;

/**
 * Connects VMs to a network. Guests are hostile: they reach the outside and neither the host's services nor, unless
 * allowed, each other. Passes {@code NetworkContract}.
 */
public interface Network extends Backend {
    /** How it connects them. */
    NicKind kind();

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

    /**
     * What a VM asks of a network.
     *
     * @param place where the VM's things are
     * @param mac its MAC address
     * @param address its address
     * @param publish the ports of the host that lead into it
     * @param lifetime how long it lives
     */
    record NicRequest(
            VmPlace place, String mac, String address, List<PortForward> publish, MachineSpec.Lifetime lifetime) {
        /** Copies the list. */
        public NicRequest {
            publish = List.copyOf(publish);
        }
    }
}
