package dev.minions.testkit.kill;

import dev.minions.CreateOptions;
import dev.minions.DestroyOptions;
import dev.minions.Minions;
import dev.minions.VmInfo;
import dev.minions.VmState;
import dev.minions.event.Event;
import dev.minions.testkit.Await;
import dev.minions.testkit.ChildJvm;
import dev.minions.testkit.fake.FakeHost;
import dev.minions.testkit.fake.KillPoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Kills programs in the middle of a change, lets the next change of anybody recover, and looks whether the host is as it
 * was before the change or as it is after it, wholly; whether a second recovery finds nothing more to do; and whether
 * nothing is left once the VMs are destroyed. What a change is, and its points, it learns by making it unharmed, so that
 * a new step of it cannot be forgotten. Not thread-safe.
 */
public final class KillCampaign {
    private static final String OTHER = "other";
    private static final int PAGE = 1000;

    private final KillHost host;
    private Look empty;
    private long told;

    /** A campaign on a host, which has no VM. */
    public KillCampaign(KillHost host) {
        this.host = host;
        recover(); // so that all that an installation keeps for itself is there
        empty = Look.at(host);
    }

    /**
     * Makes a change unharmed, and takes it back.
     *
     * @throws AssertionError if something is left of it
     */
    public Survey survey(Change change) {
        prepare(change);
        Look before = settled(look -> true);
        FakeHost process = host.process();
        try (Minions minions = host.open(process)) {
            change.apply(minions, host);
        }
        boolean runs = change.after().equals(Optional.of(VmState.RUNNING));
        Look after = settled(look -> runs || !look.hasProcess());
        Survey survey = new Survey(process.points(), before.moreThan(empty), after.moreThan(empty));
        List<String> left = clear();
        if (!left.isEmpty()) {
            throw new AssertionError(change + " that nobody disturbs leaves " + left);
        }
        return survey;
    }

    /** Makes a change in a program that is killed at that point, recovers, and judges. */
    public Verdict kill(Change change, Survey survey, KillPoint point) {
        prepare(change);
        try (ChildJvm program = host.start(change, point)) {
            int code = program.awaitExit(host.patience());
            if (code != ChildJvm.SIGKILLED) {
                throw new AssertionError(change + " at " + point + " ended by itself with exit code " + code);
            }
        }
        recover();
        Verdict verdict = judge(change, survey);
        List<String> leaked = new ArrayList<>(verdict.leaked());
        if (recover() > 0) {
            leaked.add("something that a second recovery recovered");
        }
        clear().forEach(left -> leaked.add(left + ", which outlasts the VM"));
        return new Verdict(verdict.end(), leaked, verdict.lost());
    }

    private void prepare(Change change) {
        try (Minions minions = host.open(host.process())) {
            change.prepare(minions, host);
        }
    }

    /** The next change that anybody makes, whatever it is, recovers first; how many operations that were. */
    private long recover() {
        try (Minions minions = host.open(host.process())) {
            minions.create(host.spec(OTHER), CreateOptions.defaults().stopped()).destroy();
            return recoveries(minions);
        }
    }

    /** How many operations were recovered since this was last asked. */
    private long recoveries(Minions minions) {
        long count = 0;
        List<Event> page = minions.events(told, PAGE);
        while (!page.isEmpty()) {
            count += page.stream()
                    .filter(event -> event.type() == Event.Type.RECOVERED)
                    .count();
            told = page.getLast().cursor();
            page = minions.events(told, PAGE);
        }
        return count;
    }

    private Verdict judge(Change change, Survey survey) {
        Look before = new Look(survey.before());
        Look after = new Look(survey.after());
        Look found = await(look -> isOneOf(look, before, after));
        if (!isOneOf(found, before, after) && change == Change.STOP && endedByItself()) {
            found = await(look -> isOneOf(look, before, after));
        }
        Look own = found.without(empty);
        if (own.equals(before)) {
            return new Verdict(own.equals(after) ? "as before and after" : "undone", List.of(), List.of());
        }
        if (own.equals(after)) {
            return new Verdict("done", List.of(), List.of());
        }
        Look nearer = distance(own, before) < distance(own, after) ? before : after;
        return new Verdict("like neither", own.moreThan(nearer), nearer.moreThan(own));
    }

    private boolean isOneOf(Look look, Look before, Look after) {
        Look own = look.without(empty);
        return own.equals(before) || own.equals(after);
    }

    private static int distance(Look one, Look other) {
        return one.moreThan(other).size() + other.moreThan(one).size();
    }

    /**
     * A guest that had been told to power itself off does so though the stop was undone. The next change of the VM
     * writes that down and removes what it ran with.
     */
    private boolean endedByItself() {
        try (Minions minions = host.open(host.process())) {
            List<VmInfo> ended = minions.list().stream()
                    .filter(vm -> vm.state() == VmState.STOPPED)
                    .toList();
            ended.forEach(vm -> minions.get(vm.name().value()).stop(host.stopping()));
            return !ended.isEmpty();
        }
    }

    /** The first look of which that is true, or the last one. What ends by itself takes a moment for that. */
    private Look await(Predicate<Look> wanted) {
        Look[] last = {Look.at(host)};
        Duration limit = host.calm();
        try {
            Await.until("it looks so", limit, () -> {
                boolean good = wanted.test(last[0]);
                last[0] = good ? last[0] : Look.at(host);
                return good;
            });
        } catch (AssertionError tooLate) {
            return last[0];
        }
        return last[0];
    }

    /** The same, but one after which the host looked so again: nothing is on its way out any more. */
    private Look settled(Predicate<Look> wanted) {
        Look[] previous = {Look.at(host)};
        return await(look -> {
            boolean still = look.equals(previous[0]);
            previous[0] = look;
            return still && wanted.test(look);
        });
    }

    /** Destroys every VM; what is left then, which later looks take for granted. */
    public List<String> clear() {
        try (Minions minions = host.open(host.process())) {
            for (VmInfo vm : minions.list()) {
                minions.get(vm.name().value()).destroy(DestroyOptions.defaults());
            }
        }
        Look now = await(look -> look.moreThan(empty).isEmpty());
        List<String> left = now.moreThan(empty);
        empty = now;
        return left;
    }
}
