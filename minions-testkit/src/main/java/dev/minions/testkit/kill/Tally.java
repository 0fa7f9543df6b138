package dev.minions.testkit.kill;

/**
 * How a campaign ended.
 *
 * @param points at how many points programs could have been killed
 * @param runs at how many they were
 * @param leaked how many things were left that should not be there
 * @param lost how many were gone that should be there
 */
public record Tally(int points, int runs, int leaked, int lost) {
    /** Nothing yet, of so many points. */
    public static Tally of(int points) {
        return new Tally(points, 0, 0, 0);
    }

    /** With one run more. */
    public Tally plus(Verdict verdict) {
        return new Tally(
                points,
                runs + 1,
                leaked + verdict.leaked().size(),
                lost + verdict.lost().size());
    }

    /** Whether something was done, and nothing leaked or was lost. */
    public boolean isGood() {
        return runs > 0 && leaked == 0 && lost == 0;
    }

    /** The line that a campaign ends in. */
    @Override
    public String toString() {
        return "points=" + points + " runs=" + runs + " leaked=" + leaked + " lost=" + lost;
    }
}
