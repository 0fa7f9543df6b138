package dev.minions.net.linux;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.net.linux.StateFile.Durability;
import dev.minions.spi.AddressPlan;
import dev.minions.spi.BackendId;
import dev.minions.spi.Network;
import dev.minions.spi.Nic;
import dev.minions.spi.NicKind;
import dev.minions.spi.VmPlace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Connects VMs to a bridge that {@code minions init} made. Remembers nothing: a card is what the file in the VM's
 * directory says, and each of its parts can be made and removed again.
 */
final class BridgeNetwork implements Network {
    static final String CARD_FILE = "bridge-card";

    private static final Duration REMOVE_LIMIT = Duration.ofSeconds(5);
    private static final Duration REMOVE_PAUSE = Duration.ofMillis(10);

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
            file.write(card.toValues(), Durability.UNTIL_THE_NEXT_BOOT);
            make(card, request.place().records());
        } catch (MinionsException failure) {
            undo(request.place(), failure);
            throw failure;
        }
        return new Nic(request.mac(), new Nic.Endpoint.Tap(card.device()));
    }

    /** The device first, as rules name it. Nobody has it open yet, so nothing passes before they are there. */
    private void make(Card card, Path lock) {
        var links = new CardLinks(bridge, card);
        String devices = (exists(card.device()) ? "" : links.makeDevice()) + links.connect(mark + " " + card.vm());
        Optional<String> failure = Tools.add(lock, devices, links.place(), new CardRules(bridge, card).add());
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
            remove(Card.ofValues(values.get()), place.records());
        }
        file.delete();
    }

    private void remove(Card card, Path lock) {
        String what = "disconnect vm " + card.vm().shortForm() + ": ";
        String lines = new CardLinks(bridge, card).remove();
        String rules = new CardRules(bridge, card).remove();
        long deadline = System.nanoTime() + REMOVE_LIMIT.toNanos();
        Optional<String> failure = Tools.remove(lock, lines, rules);
        // Somebody may have flushed all rules, or the host has booted and nobody has said init yet.
        if (failure.isPresent() && Tools.nftHas("table", "inet", bridge.table())) {
            throw new MinionsException(ErrorCode.NETWORK_ERROR, what + failure.get());
        }
        while (exists(card.device())) { // a killed attach may still be on its way out
            if (System.nanoTime() - deadline > 0) {
                throw new MinionsException(
                        ErrorCode.NETWORK_ERROR, what + "device '" + card.device() + "' cannot be removed");
            }
            LockSupport.parkNanos(REMOVE_PAUSE.toNanos());
            Tools.remove(lock, lines, "");
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
