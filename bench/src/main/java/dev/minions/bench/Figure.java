package dev.minions.bench;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One line of the report.
 *
 * @param name what was measured
 * @param unit what the values are in: {@code ms}, {@code MiB}
 * @param ours what Minions takes
 * @param peer what the peer takes; empty where nothing does the same without Minions
 * @param target what it should be, if that was ever said
 */
record Figure(String name, String unit, Samples ours, Optional<Samples> peer, Optional<Target> target) {
    static Figure of(String name, String unit, Samples ours, Samples peer) {
        return new Figure(name, unit, ours, Optional.of(peer), Optional.empty());
    }

    static Figure alone(String name, String unit, Samples ours) {
        return new Figure(name, unit, ours, Optional.empty(), Optional.empty());
    }

    Figure target(Target newTarget) {
        return new Figure(name, unit, ours, peer, Optional.of(newTarget));
    }

    /** The median of ours divided by that of the peer; empty without a peer, or with one that takes nothing. */
    OptionalDouble ratio() {
        double theirs = peer.map(Samples::median).orElse(0.0);
        return theirs == 0 ? OptionalDouble.empty() : OptionalDouble.of(ours.median() / theirs);
    }

    int runs() {
        return ours.count();
    }
}
