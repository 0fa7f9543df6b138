package dev.minions.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;

/**
 * What two trials measured turn by turn. The order changes with each pair, so that neither always finds what the other
 * left: warm caches, or a busy disk.
 *
 * @param ours what each of our trials measured, in order
 * @param peer what each of the peer's trials measured, in order
 */
record Turns<T>(List<T> ours, List<T> peer) {
    /** One thing to measure. */
    @FunctionalInterface
    interface Trial<T> {
        T run() throws Exception;
    }

    Turns {
        ours = List.copyOf(ours);
        peer = List.copyOf(peer);
    }

    /**
     * Lets each run without counting it, then both in turns.
     *
     * @param runs how often each is counted
     * @param warmUps how often each runs before
     * @param progress hears the number of each pair before it begins
     */
    static <T> Turns<T> take(int runs, int warmUps, Trial<T> ours, Trial<T> peer, IntConsumer progress)
            throws Exception {
        List<T> mine = new ArrayList<>();
        List<T> theirs = new ArrayList<>();
        for (int pair = 1 - warmUps; pair <= runs; pair++) {
            if (pair > 0) {
                progress.accept(pair);
            }
            boolean counts = pair > 0;
            if (pair % 2 == 0) {
                run(ours, mine, counts);
                run(peer, theirs, counts);
            } else {
                run(peer, theirs, counts);
                run(ours, mine, counts);
            }
        }
        return new Turns<>(mine, theirs);
    }

    /** Lets one trial run alone, where it has no peer. */
    static Samples repeat(int runs, int warmUps, Trial<Double> trial) throws Exception {
        List<Double> values = new ArrayList<>();
        for (int i = -warmUps; i < runs; i++) {
            run(trial, values, i >= 0);
        }
        return Samples.of(values);
    }

    private static <T> void run(Trial<T> trial, List<T> results, boolean counts) throws Exception {
        T result = trial.run();
        if (counts) {
            results.add(result);
        }
    }

    /** A figure of one value of each trial. */
    Figure figure(String name, String unit, ToDoubleFunction<T> value) {
        return Figure.of(name, unit, samples(ours, value), samples(peer, value));
    }

    /** A figure of what ours takes more than the peer's next to it. */
    Figure differences(String name, String unit, ToDoubleFunction<T> value) {
        return Figure.alone(name, unit, paired((a, b) -> value.applyAsDouble(a) - value.applyAsDouble(b)));
    }

    private Samples paired(ToDoubleBiFunction<T, T> value) {
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < ours.size(); i++) {
            values.add(value.applyAsDouble(ours.get(i), peer.get(i)));
        }
        return Samples.of(values);
    }

    private static <T> Samples samples(List<T> results, ToDoubleFunction<T> value) {
        return Samples.of(results.stream().map(value::applyAsDouble).toList());
    }
}
