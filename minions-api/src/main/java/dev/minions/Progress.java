package dev.minions;

import java.util.Objects;
import java.util.OptionalDouble;

/**
 * How far a call has come.
 *
 * @param step what is being done, for people: {@code cloning disk}
 * @param fraction how much of this step is done, 0 to 1; empty where that is not known
 */
public record Progress(String step, OptionalDouble fraction) {
    /** Checks the fraction. */
    public Progress {
        Objects.requireNonNull(step, "step");
        if (fraction.isPresent() && !(fraction.getAsDouble() >= 0 && fraction.getAsDouble() <= 1)) {
            throw new IllegalArgumentException("a fraction must be 0 to 1, got " + fraction.getAsDouble());
        }
    }

    /** A step begins whose length is not known. */
    public static Progress of(String step) {
        return new Progress(step, OptionalDouble.empty());
    }

    /** A step has come that far. */
    public static Progress of(String step, double fraction) {
        return new Progress(step, OptionalDouble.of(Math.max(0, Math.min(1, fraction))));
    }
}
