package dev.minions.testkit;

import static dev.minions.testkit.StoreRecords.NETWORK;
import static dev.minions.testkit.StoreRecords.PROJECT;
import static dev.minions.testkit.StoreRecords.vm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.OperationId;
import dev.minions.PortForward;
import dev.minions.ProjectName;
import dev.minions.VmId;
import dev.minions.VmState;
import dev.minions.error.MinionsException;
import dev.minions.event.Event;
import dev.minions.spi.AddressPlan;
import dev.minions.spi.OperationRecord;
import dev.minions.spi.StateStore;
import dev.minions.spi.StateTransaction;
import dev.minions.spi.StateView;
import dev.minions.spi.VmRecord;
import dev.minions.testkit.fake.FakeHost;
import dev.minions.testkit.fake.InMemoryStateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever is done to the store, in whatever order, it shows what the store in memory shows. */
abstract class StoreModelRules extends StoreCase {
    private static final int SEQUENCES = 12;
    private static final int STEPS = 50;
    private static final AddressPlan PLAN = new AddressPlan(NETWORK, 3, 7, 24, "0.0.0.1", List.of());
    private static final List<String> ENGINES = List.of(ENGINE, "instance-2", "instance-3");

    private final List<VmId> ids = Stream.generate(VmId::random).limit(6).toList();
    private final List<OperationRecord> operations = new ArrayList<>();

    /** A change, with words for the message when two stores part ways. */
    private record Change(String words, Function<StateTransaction, Object> body) {}

    @Test
    void anySequenceOfChangesShowsWhatTheStoreInMemoryShows() {
        StateStore model = InMemoryStateStore.on(new FakeHost(), clock);
        model.write(tx -> {
            tx.addInstance(ENGINE);
            tx.putImage(StoreRecords.image(0, "debian"));
            return true;
        });
        for (int seed = 1; seed <= SEQUENCES; seed++) {
            var random = new Random(seed);
            List<String> history = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                clock.advance(Duration.ofSeconds(random.nextInt(50)));
                Change change = change(random);
                history.add(change.words());
                assertThat(outcome(store, change))
                        .as("seed %d, what the last of these gave: %s", seed, history)
                        .isEqualTo(outcome(model, change));
                assertThat(shown(store))
                        .as("seed %d, what is there after: %s", seed, history)
                        .isEqualTo(shown(model));
            }
        }
    }

    /** What came of it; of refusals only that it was refused, as a change can be wrong in two ways at once. */
    private static Object outcome(StateStore store, Change change) {
        try {
            return store.<Object>write(change.body());
        } catch (MinionsException e) {
            return "refused";
        }
    }

    private List<Object> shown(StateStore store) {
        return store.read(view -> {
            List<Object> all = new ArrayList<>(view.vms(Optional.empty()));
            all.addAll(view.vms(Optional.of(PROJECT)));
            all.addAll(view.openOperations());
            all.addAll(view.images());
            all.add(List.copyOf(new TreeSet<>(view.instances())));
            ids.forEach(id -> addWhatIsKnownOf(id, view, all));
            operations.forEach(operation -> all.add(view.operation(operation.id())));
            view.events(Optional.empty(), 0, 10_000).forEach(event -> all.add(event.detail() + event.at()));
            return all;
        });
    }

    private static void addWhatIsKnownOf(VmId id, StateView view, List<Object> all) {
        all.add(view.vm(id));
        all.add(view.openOperation(id));
        all.add(new HashSet<>(view.lanes(id)));
    }

    private Change change(Random random) {
        VmId id = pick(random, ids);
        String engine = pick(random, ENGINES);
        int lane = random.nextInt(3);
        return switch (random.nextInt(14)) {
            case 0, 1, 2 -> addVm(random, id);
            case 3 -> updateVm(random, id);
            case 4 -> change("remove vm " + id, tx -> tx.removeVm(id));
            case 5 -> openOperation(random, id);
            case 6 -> updateOperation(random);
            case 7 -> closeOperation(random);
            case 8 -> new Change("claim " + lane + " of " + id, tx -> tx.claimLane(id, lane, claimant(tx, engine)));
            case 9 -> change("release " + lane + " of " + id, tx -> tx.releaseLane(id, lane, engine));
            case 10 -> image(random);
            case 11 -> addEvent(random, id);
            case 12 -> change("add " + engine, tx -> tx.addInstance(engine));
            default -> change("remove " + engine, tx -> tx.removeInstance(engine));
        };
    }

    /** Only an engine that is registered claims anything. */
    private static String claimant(StateTransaction tx, String engine) {
        tx.addInstance(engine);
        return engine;
    }

    private static Change change(String words, Consumer<StateTransaction> body) {
        return new Change(words, tx -> {
            body.accept(tx);
            return "done";
        });
    }

    private static Change addVm(Random random, VmId id) {
        String name = "n" + random.nextInt(4);
        boolean takesWhatIsFree = random.nextInt(4) > 0;
        long number = random.nextLong(3, 8);
        int port = 8000 + random.nextInt(3);
        boolean publishes = random.nextBoolean();
        ProjectName project = random.nextInt(4) == 0 ? ProjectName.of("other") : PROJECT;
        String words = "add vm " + id + " as " + name + " of " + project + (takesWhatIsFree ? "" : " at " + number)
                + (publishes ? " on " + port : "");
        return new Change(words, tx -> {
            long cid = takesWhatIsFree ? tx.freeCid() : number;
            long address = takesWhatIsFree ? tx.freeAddress(PLAN) : number;
            tx.addVm(vm(
                    id,
                    project,
                    name,
                    cid,
                    OptionalLong.of(address),
                    spec -> publishes ? spec.publish(PortForward.of(port, 80)) : spec));
            return cid + " " + address;
        });
    }

    private static Change updateVm(Random random, VmId id) {
        VmState state = pick(random, List.of(VmState.values()));
        String name = "n" + random.nextInt(4);
        return change("rename vm " + id + " to " + name + " in " + state, tx -> {
            Optional<VmRecord> known = tx.vm(id);
            VmRecord changed = known.map(vm -> StoreRecords.renamed(vm, name)).orElseGet(() -> vm(name, 3));
            tx.updateVm(changed.in(state, VmState.RUNNING, Optional.of("because"), Optional.empty()));
        });
    }

    private Change openOperation(Random random, VmId id) {
        OperationRecord operation = StoreRecords.operation(id, "kind" + random.nextInt(9), ENGINE);
        operations.add(operation);
        return change("open " + operation.id() + " on vm " + id, tx -> tx.openOperation(operation));
    }

    private OperationRecord anyOperation(Random random) {
        return operations.isEmpty() ? StoreRecords.operation(ids.get(0), "none", ENGINE) : pick(random, operations);
    }

    private Change updateOperation(Random random) {
        OperationRecord operation = anyOperation(random);
        OperationId id = operation.id();
        int step = random.nextInt(9);
        return random.nextBoolean()
                ? change("cancel " + id, tx -> tx.requestCancel(id))
                : change("commit " + id, tx -> tx.updateOperation(operation.committed("step " + step)));
    }

    private Change closeOperation(Random random) {
        OperationId id = anyOperation(random).id();
        var outcome = pick(random, List.of(OperationRecord.Outcome.values()));
        return change("close " + id, tx -> tx.closeOperation(id, outcome));
    }

    private static Change image(Random random) {
        int number = random.nextInt(3);
        return random.nextInt(3) == 0
                ? change("remove image " + number, tx -> tx.removeImage(StoreRecords.digest(number)))
                : change("put image " + number, tx -> tx.putImage(StoreRecords.image(number, "debian", "n" + number)));
    }

    /** Cursors may have gaps, so they are no part of what two stores must show alike. */
    private static Change addEvent(Random random, VmId id) {
        Event.Type type = pick(random, List.of(Event.Type.values()));
        return change(
                "event " + type + " of vm " + id,
                tx -> tx.addEvent(PROJECT, id, type, Optional.empty(), type + " " + id));
    }

    private static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
