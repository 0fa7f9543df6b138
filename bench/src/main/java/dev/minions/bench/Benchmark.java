package dev.minions.bench;

import java.util.List;

/** Measures one thing, as one figure or a few that belong together. */
interface Benchmark {
    /** What it is called on the command line; the figures' names begin with it, or are it. */
    String name();

    /** What is compared, in one line. */
    String summary();

    /** How often it is measured unless told otherwise: 10 or more, and more often what is quick. */
    int defaultRuns();

    /**
     * Measures. What it makes it removes, also when interrupted.
     *
     * @param runs how often each is measured, beside the warm-up
     * @throws NotPossibleException if this host lacks what it needs; then nothing was measured
     */
    List<Figure> measure(Workbench bench, int runs) throws Exception;
}
