package dev.minions.net.linux;

/** A card's TAP device and what the host knows of the guest behind it, as lines for {@code ip} and {@code bridge}. */
final class CardLinks {
    private final BridgeSettings bridge;
    private final Card card;

    CardLinks(BridgeSettings bridge, Card card) {
        this.bridge = bridge;
        this.card = card;
    }

    /** Makes the device, which must not be there: as the VMM expects it, with no queue but one. */
    String makeDevice() {
        String owner = card.owner() == 0 ? "" : " user " + card.owner();
        return "tuntap add dev " + card.device() + " mode tap" + owner + " vnet_hdr\n";
    }

    /**
     * Connects the device. It is isolated, so that a frame goes from a guest to the host and back and never to another
     * guest. Nothing is flooded and nothing learned: where a guest is, and which addresses it has, the host is told
     * once and for good, so that no guest can say otherwise.
     */
    String connect(String mark) {
        StringBuilder lines = new StringBuilder();
        String device = "link set dev " + card.device();
        lines.append(device).append(" addrgenmode none alias \"").append(mark).append("\"\n");
        lines.append(device).append(" master ").append(bridge.name()).append('\n');
        lines.append(device).append(" type bridge_slave isolated on learning off");
        lines.append(" flood off mcast_flood off bcast_flood off\n");
        lines.append(device).append(" up\n");
        lines.append(neighbour("replace", card.address()));
        card.ip6().ifPresent(six -> {
            lines.append(neighbour("replace", six));
            lines.append(neighbour("replace", card.linkLocal()));
        });
        return lines.toString();
    }

    private String neighbour(String verb, String address) {
        return "neigh " + verb + " " + address + " lladdr " + card.mac() + " dev " + bridge.name() + " nud permanent\n";
    }

    /** Where the guest's MAC address is. */
    String place() {
        return "fdb replace " + card.mac() + " dev " + card.device() + " master static\n";
    }

    /**
     * Removes all of it; what is not there is to be passed over. The device first, and each neighbour is made before it
     * is removed: {@code ip} passes over a device that is not there, and ends at a neighbour that is not, whatever
     * {@code -force} says (seen with iproute2 6.1).
     */
    String remove() {
        StringBuilder lines = new StringBuilder("link del dev " + card.device() + "\n");
        lines.append(forget(card.address()));
        card.ip6().ifPresent(six -> lines.append(forget(six)).append(forget(card.linkLocal())));
        return lines.toString();
    }

    private String forget(String address) {
        return neighbour("replace", address) + neighbour("del", address);
    }
}
