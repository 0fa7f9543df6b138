package dev.minions.testkit;

import static dev.minions.testkit.StoreRecords.PROJECT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.minions.OperationId;
import dev.minions.ProjectName;
import dev.minions.VmId;
import dev.minions.event.Event;
import dev.minions.spi.StateStore;
import dev.minions.spi.StateTransaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What holds of events: in order, with cursors that never miss one. */
abstract class StoreEventRules extends StoreCase {
    private static final ProjectName OTHER = ProjectName.of("other");

    private final VmId vm = VmId.random();

    @Test
    void anEventIsReadAsItWasWritten() {
        OperationId operation = OperationId.random();

        long cursor =
                store.<Long>write(tx -> tx.addEvent(PROJECT, vm, Event.Type.FAILED, Optional.of(operation), "panic"));

        assertThat(after(0))
                .containsExactly(new Event(
                        cursor, clock.instant(), PROJECT, vm, Event.Type.FAILED, Optional.of(operation), "panic"));
    }

    @Test
    void eventsComeInTheOrderTheyWereWrittenWhateverTheClockSays() {
        add("first");
        clock.advance(Duration.ofDays(-1));
        add("second");
        store.write(tx -> {
            addTo(tx, "third");
            addTo(tx, "fourth");
            return true;
        });

        assertThat(after(0)).extracting(Event::detail).containsExactly("first", "second", "third", "fourth");
        assertThat(after(0)).extracting(Event::cursor).isSorted().doesNotHaveDuplicates();
        assertThat(after(0)).extracting(Event::cursor).allMatch(cursor -> cursor > 0);
    }

    private void addTo(StateTransaction tx, String detail) {
        tx.addEvent(PROJECT, vm, Event.Type.STARTED, Optional.empty(), detail);
    }

    @Test
    void aCursorLeadsToWhatCameAfterIt() {
        add("first");
        long cursor = add("second");
        add("third");

        assertThat(after(cursor)).extracting(Event::detail).containsExactly("third");
        assertThat(after(after(0).get(2).cursor())).isEmpty();
    }

    @Test
    void aLimitCutsTheLaterOnes() {
        add("first");
        add("second");
        add("third");

        assertThat(all(view -> view.events(Optional.empty(), 0, 2)))
                .extracting(Event::detail)
                .containsExactly("first", "second");
    }

    @Test
    void eventsCanBeAskedForByProject() {
        add("ours");
        store.write(tx -> tx.addEvent(OTHER, vm, Event.Type.CREATED, Optional.empty(), "theirs"));

        assertThat(all(view -> view.events(Optional.of(OTHER), 0, 10)))
                .extracting(Event::detail)
                .containsExactly("theirs");
        assertThat(after(0)).hasSize(2);
    }

    @Test
    void anEventIsSeenIfAndOnlyIfTheChangeIs() {
        assertThatThrownBy(() -> store.write(tx -> {
                    addTo(tx, "never happened");
                    throw new IllegalStateException();
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(after(0)).isEmpty();
    }

    @Test
    void aCursorIsNeverGivenTwiceNotEvenByALaterProcess() {
        long first = add("first");
        store.close();
        store = open(clock);

        assertThat(add("second")).isGreaterThan(first);
    }

    @Test
    void whoFollowsTheCursorsMissesNothingHoweverManyWrite() {
        int writers = 8;
        int each = 25;
        var writing = new AtomicInteger(writers);
        var follower = Workers.begin(() -> {
            List<Event> seen = new ArrayList<>();
            boolean last;
            do {
                last = writing.get() == 0;
                seen.addAll(after(seen.isEmpty() ? 0 : seen.get(seen.size() - 1).cursor()));
            } while (!last);
            return seen;
        });

        Workers.atOnce(writers, writer -> {
            try (StateStore own = open(clock)) {
                for (int i = 0; i < each; i++) {
                    String detail = writer + "-" + i;
                    own.write(tx -> tx.addEvent(PROJECT, vm, Event.Type.STARTED, Optional.empty(), detail));
                }
            }
            return writing.decrementAndGet();
        });

        assertThat(follower.result()).hasSize(writers * each).isEqualTo(after(0));
    }

    private long add(String detail) {
        return store.<Long>write(tx -> tx.addEvent(PROJECT, vm, Event.Type.STARTED, Optional.empty(), detail));
    }

    private List<Event> after(long cursor) {
        return all(view -> view.events(Optional.empty(), cursor, 10_000));
    }
}
