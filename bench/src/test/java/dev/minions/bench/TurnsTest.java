package dev.minions.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private final List<String> calls = new ArrayList<>();

    private Turns<Double> take(int runs, int warmUps) throws Exception {
        AtomicInteger ours = new AtomicInteger();
        AtomicInteger peer = new AtomicInteger();
        return Turns.take(
                runs,
                warmUps,
                () -> {
                    calls.add("ours");
                    return (double) ours.getAndIncrement();
                },
                () -> {
                    calls.add("peer");
                    return 10.0 * peer.getAndIncrement();
                },
                pair -> calls.add("pair " + pair));
    }

    @Test
    void theOrderChangesWithEachPair() throws Exception {
        take(3, 0);
        assertThat(calls).containsExactly("pair 1", "peer", "ours", "pair 2", "ours", "peer", "pair 3", "peer", "ours");
    }

    @Test
    void whatWarmsUpIsRunAndNotCounted() throws Exception {
        Turns<Double> turns = take(2, 1);
        assertThat(turns.ours()).containsExactly(1.0, 2.0);
        assertThat(turns.peer()).containsExactly(10.0, 20.0);
    }

    @Test
    void aFigureHasTheMediansOfBoth() throws Exception {
        Figure figure = take(3, 0).figure("name", "ms", value -> value + 1);
        assertThat(figure.ours().median()).isEqualTo(2);
        assertThat(figure.peer().orElseThrow().median()).isEqualTo(11);
        assertThat(figure.runs()).isEqualTo(3);
    }

    @Test
    void aDifferenceIsTakenWithinEachPair() {
        Turns<Double> turns = new Turns<>(List.of(5.0, 100.0, 30.0), List.of(4.0, 98.0, 27.0));
        assertThat(turns.differences("name", "ms", value -> value).ours().sorted())
                .containsExactly(1.0, 2.0, 3.0);
    }

    @Test
    void aTrialWithoutAPeerIsWarmedUpToo() throws Exception {
        AtomicInteger count = new AtomicInteger();
        assertThat(Turns.repeat(3, 2, () -> (double) count.getAndIncrement()).sorted())
                .containsExactly(2.0, 3.0, 4.0);
    }
}
