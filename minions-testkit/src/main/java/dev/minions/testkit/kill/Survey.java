package dev.minions.testkit.kill;

import dev.minions.testkit.fake.KillPoint;
import java.util.List;

/**
 * What a change is when nobody is killed in it.
 *
 * @param points the instants at which its program can be killed, in order
 * @param before what the host has for it before, beside what it has without any VM
 * @param after what it has after it
 */
public record Survey(List<KillPoint> points, List<String> before, List<String> after) {
    /** Copies the lists. */
    public Survey {
        points = List.copyOf(points);
        before = List.copyOf(before);
        after = List.copyOf(after);
    }
}
