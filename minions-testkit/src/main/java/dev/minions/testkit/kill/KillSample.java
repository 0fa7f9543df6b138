package dev.minions.testkit.kill;

import dev.minions.testkit.fake.KillPoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Which points of changes are tried. The same seed draws the same from the same points.
 *
 * @param seed what the draw begins with
 * @param size how many points; 0 for all of them
 */
public record KillSample(long seed, int size) {
    /**
     * A point of a change.
     *
     * @param change the change
     * @param point where its program is killed
     */
    public record Drawn(Change change, KillPoint point) {}

    /** Checks the size. */
    public KillSample {
        if (size < 0) {
            throw new IllegalArgumentException("a sample has 0 points, for all, or more, got " + size);
        }
    }

    /** The changes that points are drawn of: all of them, unless there are more than the sample is to have points. */
    public List<Change> changes() {
        List<Change> changes = new ArrayList<>(List.of(Change.values()));
        Collections.shuffle(changes, new Random(seed));
        return size == 0 ? changes : changes.subList(0, Math.min(size, changes.size()));
    }

    /** Draws one of each change, then a second one of each, and so on, so that a small sample leaves out no change. */
    public List<Drawn> draw(Map<Change, List<KillPoint>> points) {
        Random random = new Random(seed);
        List<Change> changes = new ArrayList<>(points.keySet());
        Collections.sort(changes);
        List<Deque<Drawn>> shuffled = new ArrayList<>();
        for (Change change : changes) {
            List<KillPoint> own = new ArrayList<>(points.getOrDefault(change, List.of()));
            Collections.shuffle(own, random);
            Deque<Drawn> queue = new ArrayDeque<>();
            own.forEach(point -> queue.add(new Drawn(change, point)));
            shuffled.add(queue);
        }
        Collections.shuffle(shuffled, random);
        return dealt(shuffled);
    }

    private List<Drawn> dealt(List<Deque<Drawn>> shuffled) {
        int all = shuffled.stream().mapToInt(Deque::size).sum();
        int wanted = size == 0 ? all : Math.min(size, all);
        List<Drawn> drawn = new ArrayList<>();
        while (drawn.size() < wanted) {
            for (Deque<Drawn> own : shuffled) {
                if (drawn.size() < wanted && !own.isEmpty()) {
                    drawn.add(own.remove());
                }
            }
        }
        return drawn;
    }
}
