package dev.minions.bench;

/** What a figure should be. */
sealed interface Target {
    /** Whether it is that. */
    boolean isMet(Figure figure);

    /** The median of ours is at most so many of the figure's unit. */
    static Target atMost(double value) {
        return new AtMost(value);
    }

    /** The ratio of ours to the peer's is at most that. */
    static Target ratioAtMost(double ratio) {
        return new RatioAtMost(ratio);
    }

    /** {@link Target#atMost}. */
    record AtMost(double value) implements Target {
        @Override
        public boolean isMet(Figure figure) {
            return figure.ours().median() <= value;
        }

        @Override
        public String toString() {
            return "≤ " + Numbers.text(value);
        }
    }

    /** {@link Target#ratioAtMost}. */
    record RatioAtMost(double ratio) implements Target {
        @Override
        public boolean isMet(Figure figure) {
            return figure.ratio().orElse(Double.POSITIVE_INFINITY) <= ratio;
        }

        @Override
        public String toString() {
            return "≤ " + Numbers.text(ratio) + "×";
        }
    }
}
