package dev.minions.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
    private static final Figure EXEC = Figure.of("exec", "ms", samples(3.0, 2.0, 40.0), samples(2.0, 2.0, 2.0));
    private static final Figure ALONE = Figure.alone("ping", "ms", samples(0.123456));

    private static Samples samples(Double... values) {
        return Samples.of(List.of(values));
    }

    private static JsonNode json(Figure figure) {
        String text = Report.json(figure);
        assertThat(text).doesNotContain("\n");
        return JsonMapper.builder().build().readTree(text);
    }

    @Test
    void anObjectHasTheSixFieldsInTheirOrder() {
        assertThat(json(EXEC).propertyNames()).containsExactly("name", "ours", "peer", "unit", "ratio", "runs");
    }

    @Test
    void theValuesAreMedians() {
        JsonNode exec = json(EXEC);
        assertThat(exec.get("name").asString()).isEqualTo("exec");
        assertThat(exec.get("ours").asDouble()).isEqualTo(3);
        assertThat(exec.get("peer").asDouble()).isEqualTo(2);
        assertThat(exec.get("unit").asString()).isEqualTo("ms");
        assertThat(exec.get("ratio").asDouble()).isEqualTo(1.5);
        assertThat(exec.get("runs").asInt()).isEqualTo(3);
    }

    @Test
    void whatHasNoPeerHasNoRatioEither() {
        assertThat(json(ALONE).get("peer").isNull()).isTrue();
        assertThat(json(ALONE).get("ratio").isNull()).isTrue();
    }

    @Test
    void aPeerThatTakesNothingHasNoRatio() {
        assertThat(json(Figure.of("boot-commit", "ms", samples(3.0), samples(0.0)))
                        .get("ratio")
                        .isNull())
                .isTrue();
    }

    @Test
    void aTableHasALineForEachFigureUnderItsHeader() {
        List<String> lines = Report.table(List.of(EXEC, ALONE)).lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0).split(" +"))
                .containsExactly("NAME", "OURS", "MIN", "MAX", "PEER", "UNIT", "RATIO", "RUNS", "TARGET");
        assertThat(lines.get(1).split(" +")).containsExactly("exec", "3", "2", "40", "2", "ms", "1.5", "3", "-");
        assertThat(lines.get(2).split(" +"))
                .containsExactly("ping", "0.123", "0.123", "0.123", "-", "ms", "-", "1", "-");
    }

    @Test
    void aTargetIsShownMetOrMissed() {
        assertThat(Report.table(List.of(EXEC.target(Target.ratioAtMost(1.5))))).contains("≤ 1.5× met");
        assertThat(Report.table(List.of(EXEC.target(Target.atMost(2.9))))).contains("≤ 2.9 MISSED");
    }

    @Test
    void aRatioThatIsNotThereMissesItsTarget() {
        assertThat(Target.ratioAtMost(2).isMet(ALONE)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0.0012345, 0.00123",
        "1.5, 1.5",
        "12.345, 12.3",
        "999.6, 1000",
        "12345.6, 12346",
        "-4.25, -4.25"
    })
    void aNumberHasThreeDigitsOrAllBeforeThePoint(double value, String text) {
        assertThat(Numbers.text(value)).isEqualTo(text);
    }

    @Test
    void aNumberIsJsonWhateverTheLanguage() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            assertThat(json(ALONE).get("ours").asDouble()).isEqualTo(0.123);
        } finally {
            Locale.setDefault(before);
        }
    }
}
