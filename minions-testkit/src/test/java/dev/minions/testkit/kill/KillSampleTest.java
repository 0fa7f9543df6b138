package dev.minions.testkit.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.minions.testkit.fake.FakeCall;
import dev.minions.testkit.fake.Fault.Moment;
import dev.minions.testkit.fake.KillPoint;
import dev.minions.testkit.kill.KillSample.Drawn;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KillSampleTest {
    private static final Map<Change, List<KillPoint>> POINTS =
            Map.of(Change.CREATE, points(30), Change.STOP, points(20), Change.RENAME, points(2));

    private static List<KillPoint> points(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(number -> new KillPoint(FakeCall.STORE_WRITE, number, Moment.AFTER))
                .toList();
    }

    @Test
    void oneSeedDrawsTheSameAgainAndAnotherSomethingElse() {
        List<Drawn> drawn = new KillSample(7, 12).draw(POINTS);

        assertThat(drawn).hasSize(12).doesNotHaveDuplicates();
        assertThat(new KillSample(7, 12).draw(POINTS)).isEqualTo(drawn);
        assertThat(new KillSample(8, 12).draw(POINTS)).isNotEqualTo(drawn);
    }

    @Test
    void aSmallSampleLeavesOutNoChange() {
        assertThat(new KillSample(7, 3).draw(POINTS))
                .extracting(Drawn::change)
                .containsExactlyInAnyOrder(Change.CREATE, Change.STOP, Change.RENAME);
    }

    @Test
    void whatIsDrawnOfNeedNotBeAllThereIs() {
        assertThat(new KillSample(7, 3).changes()).hasSize(3).isEqualTo(new KillSample(7, 3).changes());
        assertThat(new KillSample(7, 0).changes()).containsExactlyInAnyOrder(Change.values());
        assertThat(new KillSample(7, 1000).changes()).containsExactlyInAnyOrder(Change.values());
    }

    @Test
    void aSampleOfNoneOrOfMoreThanThereAreIsAll() {
        assertThat(new KillSample(7, 0).draw(POINTS)).hasSize(52).doesNotHaveDuplicates();
        assertThat(new KillSample(7, 1000).draw(POINTS)).hasSize(52);
        assertThatIllegalArgumentException().isThrownBy(() -> new KillSample(7, -1));
    }

    @Test
    void aPointIsFoundByItsName() {
        KillPoint point = new KillPoint(FakeCall.VOLUME_GROW, 2, Moment.BEFORE);

        assertThat(point).hasToString("VOLUME_GROW:2:BEFORE");
        assertThat(KillPoint.of("VOLUME_GROW:2:BEFORE")).isEqualTo(point);
        assertThatIllegalArgumentException().isThrownBy(() -> KillPoint.of("VOLUME_GROW"));
    }
}
