package dev.minions.testkit.kill;

import java.util.List;

/**
 * What was found after a change had been killed, and the next change of somebody else had recovered it.
 *
 * @param end how the host was found, for people: as before the change, as after it, or like neither
 * @param leaked what is there and should not be
 * @param lost what is not there and should be
 */
public record Verdict(String end, List<String> leaked, List<String> lost) {
    /** Copies the lists. */
    public Verdict {
        leaked = List.copyOf(leaked);
        lost = List.copyOf(lost);
    }

    /** Whether all is as it should be. */
    public boolean isGood() {
        return leaked.isEmpty() && lost.isEmpty();
    }

    @Override
    public String toString() {
        return end + (leaked.isEmpty() ? "" : "; leaked: " + leaked) + (lost.isEmpty() ? "" : "; lost: " + lost);
    }
}
