package dev.minions.testkit.fake;

import dev.minions.PortForward;
import dev.minions.VmId;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.Network.NicRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The network cards of a fake host: in memory, or in a file where several JVMs play processes of one host. Any thread
 * of any of them.
 */
final class FakeCards {
    private final Optional<Path> file;
    private final Set<Integer> foreignPorts = new HashSet<>();
    private Map<VmId, Card> kept = Map.of();

    /**
     * A card.
     *
     * @param mac its MAC address
     * @param address its address
     * @param ports the host's ports that lead to it
     */
    private record Card(String mac, String address, Set<Integer> ports) {
        static Card of(NicRequest request) {
            return new Card(
                    request.mac(),
                    request.address(),
                    request.publish().stream().map(PortForward::hostPort).collect(Collectors.toSet()));
        }

        static Card parse(String[] words) {
            return new Card(
                    words[1],
                    words[2],
                    Arrays.stream(words).skip(3).map(Integer::valueOf).collect(Collectors.toSet()));
        }

        @Override
        public String toString() {
            return mac + " " + address
                    + ports.stream().map(port -> " " + port).sorted().collect(Collectors.joining());
        }
    }

    FakeCards(Optional<Path> file) {
        this.file = file;
    }

    synchronized void attach(NicRequest request) {
        VmId vm = request.place().vm();
        Card card = Card.of(request);
        change(cards -> {
            cards.forEach((id, other) -> {
                if (!id.equals(vm)) {
                    requireApart(vm, card, id, other);
                }
            });
            card.ports().stream().filter(foreignPorts::contains).findAny().ifPresent(port -> {
                throw portInUse(vm, port, "another program listens on it");
            });
            cards.put(vm, card);
            return cards;
        });
    }

    private static void requireApart(VmId vm, Card card, VmId id, Card other) {
        if (card.mac().equals(other.mac()) || card.address().equals(other.address())) {
            throw new MinionsException(
                    ErrorCode.NETWORK_ERROR,
                    "connect vm " + vm.shortForm() + ": vm " + id.shortForm() + " has address " + other.address()
                            + " and mac " + other.mac());
        }
        card.ports().stream().filter(other.ports()::contains).findAny().ifPresent(port -> {
            throw portInUse(vm, port, "it leads to vm " + id.shortForm());
        });
    }

    private static MinionsException portInUse(VmId vm, int port, String why) {
        return new MinionsException(
                ErrorCode.PORT_IN_USE,
                "connect vm " + vm.shortForm() + ": host port " + port + ": " + why + "; publish another");
    }

    synchronized void detach(VmId vm) {
        change(cards -> {
            cards.remove(vm);
            return cards;
        });
    }

    synchronized void clear() {
        change(cards -> new LinkedHashMap<>());
    }

    synchronized List<VmId> connected() {
        change(cards -> cards);
        return List.copyOf(kept.keySet());
    }

    synchronized void occupy(int port) {
        foreignPorts.add(port);
    }

    synchronized void release(int port) {
        foreignPorts.remove(port);
    }

    private void change(UnaryOperator<Map<VmId, Card>> change) {
        if (file.isEmpty()) {
            kept = change.apply(new LinkedHashMap<>(kept));
            return;
        }
        Path path = file.get();
        Path guard = path.resolveSibling(path.getFileName() + ".lock");
        try (FileChannel channel = FileChannel.open(guard, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            kept = change.apply(read(path));
            Files.write(
                    path,
                    kept.entrySet().stream()
                            .map(card -> card.getKey() + " " + card.getValue())
                            .toList());
            lock.release();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<VmId, Card> read(Path path) throws IOException {
        Map<VmId, Card> cards = new LinkedHashMap<>();
        for (String line : Files.exists(path) ? Files.readAllLines(path) : List.<String>of()) {
            String[] words = line.split(" ");
            cards.put(VmId.of(words[0]), Card.parse(words));
        }
        return cards;
    }
}
