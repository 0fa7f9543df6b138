package dev.minions.net.linux;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.AddressPlan;
import dev.minions.spi.BackendId;
import dev.minions.spi.Network;
import dev.minions.spi.Nic;
import dev.minions.spi.NicKind;
import dev.minions.spi.VmPlace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Connects VMs to a bridge that {@code minions init} made. Remembers nothing: a card is what the file in the VM's
 * directory says, and each of its parts can be made and removed again.
 */
final class BridgeNetwork implements Network {
    static final String CARD_FILE = "bridge-card";

    private final BridgeSettings bridge;
    private final String mark;

    /**
     * Makes one.
     *
     * @param mark what devices are marked with
     */
    BridgeNetwork(BridgeSettings bridge, String mark) {
        this.bridge = bridge;
        this.mark = mark;
    }

    @Override
    public BackendId id() {
        return LinuxBridge.ID;
    }

    @Override
    public String configuration() {
        return bridge.name();
    }

    @Override
    public String description() {
        return "bridge " + bridge.name() + " with " + bridge.cidr()
                + bridge.ip6Prefix().map(prefix -> " and " + prefix + "/64").orElse("") + ", guarded by nftables";
    }

    @Override
    public NicKind kind() {
        return NicKind.TAP;
    }

    @Override
    public Set<Feature> features() {
        return Set.of(Feature.values());
    }

    @Override
    public AddressPlan addresses() {
        return bridge.plan();
    }

    @Override
    public Nic attach(NicRequest request) {
        Card card = Card.of(request, bridge.plan());
        StateFile file = file(request.place());
        Optional<Map<String, String>> before = file.read();
        if (before.isPresent() && !before.get().equals(card.toValues())) {
            detach(request.place());
        }
        card.publish()
                .forEach(forward ->
                        PublishedPorts.require(forward, bridge.ip6Prefix().isPresent()));
        try {
            file.write(card.toValues());
            make(card);
        } catch (MinionsException failure) {
            undo(request.place(), failure);
            throw failure;
        }
        return new Nic(request.mac(), new Nic.Endpoint.Tap(card.device()));
    }

    /** The device first, as rules name it. Nobody has it open yet, so nothing passes before they are there. */
    private void make(Card card) {
        var links = new CardLinks(bridge, card);
        String devices = (exists(card.device()) ? "" : links.makeDevice()) + links.connect(mark + " " + card.vm());
        Optional<String> failure = Tools.all(devices, links.place(), new CardRules(bridge, card).add());
        if (failure.isPresent()) {
            String what = "connect vm " + card.vm().shortForm() + " to bridge '" + bridge.name() + "': ";
            boolean taken = !card.publish().isEmpty() && failure.get().contains("File exists");
            throw taken
                    ? new MinionsException(
                            ErrorCode.PORT_IN_USE, what + "another VM has one of the ports " + card.publish())
                    : new MinionsException(ErrorCode.NETWORK_ERROR, what + failure.get());
        }
    }

    static boolean exists(String device) {
        return Files.exists(Path.of("/sys/class/net", device));
    }

    private void undo(VmPlace place, MinionsException failure) {
        boolean interrupted = Thread.interrupted(); // undoing runs commands, which would not begin
        try {
            detach(place);
        } catch (MinionsException e) {
            failure.addSuppressed(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void detach(VmPlace place) {
        StateFile file = file(place);
        Optional<Map<String, String>> values = file.read();
        if (values.isPresent()) {
            remove(Card.ofValues(values.get()));
        }
        file.delete();
    }

    private void remove(Card card) {
        try {
            Tools.nft(new CardRules(bridge, card).remove());
        } catch (MinionsException e) {
            if (e.code() != ErrorCode.COMMAND_FAILED || Tools.nftHas("table", "inet", bridge.table())) {
                throw e;
            }
            // Somebody has flushed all rules, or the host has booted and nobody has said init yet.
        }
        Tools.ipAsFarAsPossible(new CardLinks(bridge, card).remove());
        if (exists(card.device())) {
            throw new MinionsException(
                    ErrorCode.NETWORK_ERROR,
                    "disconnect vm " + card.vm().shortForm() + ": device '" + card.device() + "' cannot be removed");
        }
    }

    private static StateFile file(VmPlace place) {
        return new StateFile(place.records().resolve(CARD_FILE));
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
