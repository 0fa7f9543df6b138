package dev.minions.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SamplesTest {
    @Test
    void theMedianOfAnOddNumberIsTheMiddleValue() {
        assertThat(Samples.of(List.of(9.0, 1.0, 5.0)).median()).isEqualTo(5);
    }

    @Test
    void theMedianOfAnEvenNumberIsTheMeanOfTheMiddleTwo() {
        assertThat(Samples.of(List.of(1.0, 100.0, 2.0, 4.0)).median()).isEqualTo(3);
    }

    @Test
    void oneValueIsItsOwnMedianAndBothEnds() {
        Samples one = Samples.of(List.of(7.0));
        assertThat(List.of(one.median(), one.min(), one.max())).containsOnly(7.0);
    }

    @Test
    void oneOutlierDoesNotMoveTheMedian() {
        assertThat(Samples.of(List.of(10.0, 11.0, 12.0, 13.0, 9_000.0)).median())
                .isEqualTo(12);
    }

    @Test
    void theEndsAreTheSmallestAndTheLargest() {
        Samples samples = Samples.of(List.of(3.0, -1.0, 8.0));
        assertThat(samples.min()).isEqualTo(-1);
        assertThat(samples.max()).isEqualTo(8);
    }

    @Test
    void nothingMeasuredIsNoFigure() {
        assertThatIllegalArgumentException().isThrownBy(() -> Samples.of(List.of()));
    }

    @Property
    void theOrderOfTheValuesDoesNotMatterAndHalfOfThemLieOnEachSide(
            @ForAll @Size(min = 1, max = 40) List<@DoubleRange(min = -1e6, max = 1e6) Double> values) {
        List<Double> reversed = new ArrayList<>(values);
        Collections.reverse(reversed);
        double median = Samples.of(values).median();
        assertThat(Samples.of(reversed).median()).isEqualTo(median);
        assertThat(values.stream().filter(value -> value < median).count()).isLessThanOrEqualTo(values.size() / 2);
        assertThat(values.stream().filter(value -> value > median).count()).isLessThanOrEqualTo(values.size() / 2);
    }
}
