package dev.minions.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.bench.Arguments.UsageException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {
    private static Arguments parse(String... words) throws UsageException {
        return Arguments.parse(List.of(words), List.of("boot", "exec"));
    }

    @Test
    void nothingMeansAllAndATable() throws Exception {
        Arguments arguments = parse();
        assertThat(arguments.names()).isEmpty();
        assertThat(arguments.json()).isFalse();
        assertThat(arguments.runs()).isEmpty();
        assertThat(arguments.dataDirectory()).isEmpty();
    }

    @Test
    void namesAndOptionsMixInAnyOrder() throws Exception {
        Arguments arguments = parse("exec", "--runs", "3", "boot", "--json", "--data-dir", "/data");
        assertThat(arguments.names()).containsExactly("exec", "boot");
        assertThat(arguments.json()).isTrue();
        assertThat(arguments.runs()).isEqualTo(OptionalInt.of(3));
        assertThat(arguments.dataDirectory()).contains(Path.of("/data"));
    }

    @Test
    void listAndHelpAreOptions() throws Exception {
        assertThat(parse("--list").list()).isTrue();
        assertThat(parse("-h").help()).isTrue();
    }

    @Test
    void anUnknownNameIsRefusedWithThoseThereAre() {
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> parse("bout"))
                .withMessage("no benchmark is called 'bout'; there are: boot, exec");
    }

    @Test
    void anUnknownOptionIsRefused() {
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> parse("--fast"))
                .withMessageStartingWith("no option is called '--fast'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "ten", "", "1.5", "99999999999"})
    void aNumberOfRunsThatIsNoneIsRefused(String count) {
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> parse("--runs", count))
                .withMessageContaining("'" + count + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--runs", "--data-dir"})
    void anOptionWithoutItsValueIsRefused(String option) {
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> parse(option))
                .withMessage(option + " needs a value");
    }

    @Test
    void everyBenchmarkHasANameOfItsOwnAndIsMeasuredTenTimesOrMore() {
        assertThat(Catalogue.names()).doesNotHaveDuplicates().allMatch(name -> name.matches("[a-z0-9-]+"));
        assertThat(Catalogue.all()).allMatch(benchmark -> benchmark.defaultRuns() >= 10);
    }

    @Test
    void benchmarksAreChosenByName() {
        assertThat(Catalogue.chosen(List.of("boot")))
                .extracting(Benchmark::name)
                .containsExactly("boot");
        assertThat(Catalogue.chosen(List.of())).isEqualTo(Catalogue.all());
    }
}
