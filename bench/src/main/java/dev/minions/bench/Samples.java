package dev.minions.bench;

import java.util.Collection;
import java.util.List;

/**
 * Values that were measured, all in one unit.
 *
 * @param sorted the values, the smallest first; at least one
 */
record Samples(List<Double> sorted) {
    Samples {
        if (sorted.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
        sorted = sorted.stream().sorted().toList();
    }

    static Samples of(Collection<Double> values) {
        return new Samples(List.copyOf(values));
    }

    int count() {
        return sorted.size();
    }

    double min() {
        return sorted.getFirst();
    }

    double max() {
        return sorted.getLast();
    }

    /** The middle value; of an even number, the mean of the middle two. */
    double median() {
        int middle = count() / 2;
        return count() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
