package dev.minions.e2e.suite;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.testkit.fake.KillPoint;
import dev.minions.testkit.kill.Change;
import dev.minions.testkit.kill.KillCampaign;
import dev.minions.testkit.kill.KillSample;
import dev.minions.testkit.kill.Survey;
import dev.minions.testkit.kill.Tally;
import dev.minions.testkit.kill.Verdict;
import java.io.IOException;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Kills programs that change VMs, on the host that it is started on, and says on standard output what came of each. */
public final class Campaign {
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final String KILL = "kill";
    private static final int DEFAULT_SIZE = 20;

    private final PrintStream out;
    private final KillCampaign kills;
    private final Map<Change, Survey> surveys = new EnumMap<>(Change.class);

    private Campaign(PrintStream out, KillCampaign kills) {
        this.out = out;
        this.kills = kills;
    }

    /** The program; its arguments are those of {@link #sample}. */
    public static void main(String[] args) throws IOException {
        Optional<KillSample> sample = sample(List.of(args), System.nanoTime());
        if (sample.isEmpty()) {
            System.exit(USAGE);
        }
        CampaignHost host = new CampaignHost();
        host.setUp();
        Tally tally = new Campaign(System.out, new KillCampaign(host)).run(sample.get());
        System.out.println(tally);
        System.exit(tally.isGood() ? 0 : FAILED);
    }

    /**
     * What is asked for by {@code kill [--seed N] [--sample N]}; empty if that is something else.
     *
     * @param seed what the draw begins with unless it is said
     */
    public static Optional<KillSample> sample(List<String> words, long seed) {
        if (words.isEmpty() || !words.getFirst().equals(KILL) || words.size() % 2 == 0) {
            return Optional.empty();
        }
        KillSample sample = new KillSample(seed, DEFAULT_SIZE);
        try {
            for (int i = 1; i < words.size(); i += 2) {
                long number = Long.parseLong(words.get(i + 1));
                switch (words.get(i)) {
                    case "--seed" -> sample = new KillSample(number, sample.size());
                    case "--sample" -> sample = new KillSample(sample.seed(), Math.toIntExact(number));
                    default -> {
                        return Optional.empty();
                    }
                }
            }
        } catch (IllegalArgumentException | ArithmeticException noNumber) {
            return Optional.empty();
        }
        return Optional.of(sample);
    }

    /** The words that {@link #sample} reads as that. */
    public static List<String> words(KillSample sample) {
        return List.of(KILL, "--seed", Long.toString(sample.seed()), "--sample", Integer.toString(sample.size()));
    }

    private Tally run(KillSample sample) {
        out.println("campaign " + String.join(" ", words(sample)));
        Map<Change, List<KillPoint>> points = new EnumMap<>(Change.class);
        for (Change change : sample.changes()) {
            points.put(change, survey(change));
        }
        Tally tally = Tally.of(points.values().stream().mapToInt(List::size).sum());
        for (KillSample.Drawn drawn : sample.draw(points)) {
            tally = tally.plus(kill(drawn));
        }
        return tally;
    }

    /** Its points but for those where something is read: a host is the same before and after that. */
    private List<KillPoint> survey(Change change) {
        long began = System.nanoTime();
        Survey survey;
        try {
            survey = kills.survey(change);
        } catch (MinionsException refused) {
            if (!isTooSlowFor(change, refused)) {
                throw refused;
            }
            out.println("SKIPPED " + change + ": " + refused.getMessage());
            kills.clear();
            return List.of();
        }
        surveys.put(change, survey);
        List<KillPoint> points =
                survey.points().stream().filter(KillPoint::isOfChange).toList();
        out.println(change + ": " + points.size() + " points (" + seconds(began) + " s)");
        return points;
    }

    /** An emulated host may take longer to clone two disks than a guest stands still. */
    private static boolean isTooSlowFor(Change change, MinionsException refused) {
        return refused.code() == ErrorCode.WRONG_STATE
                && (change == Change.SNAPSHOT_RUNNING || change == Change.COPY_RUNNING);
    }

    private Verdict kill(KillSample.Drawn drawn) {
        long began = System.nanoTime();
        Verdict verdict = verdict(drawn);
        out.println((verdict.isGood() ? "ok     " : "FAILED ") + drawn.change() + " at " + drawn.point() + ": "
                + verdict + " (" + seconds(began) + " s)");
        return verdict;
    }

    /** What cannot be judged is no success. The next change begins on an empty host again, or the program ends here. */
    private Verdict verdict(KillSample.Drawn drawn) {
        Survey survey = surveys.get(drawn.change());
        if (survey == null) {
            throw new IllegalStateException(drawn.change() + " was never surveyed");
        }
        try {
            return kills.kill(drawn.change(), survey, drawn.point());
        } catch (MinionsException | AssertionError failure) {
            failure.printStackTrace(out);
            kills.clear();
            return new Verdict("it could not be recovered", List.of(), List.of(String.valueOf(failure.getMessage())));
        }
    }

    private static long seconds(long began) {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
    }
}
