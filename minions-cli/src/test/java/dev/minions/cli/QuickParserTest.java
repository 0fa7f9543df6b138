package dev.minions.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
import org.junit.jupiter.api.Test;

/** The small parser may give up on a command line, but never read it otherwise than picocli does. */
class QuickParserTest {
    private static final Syntax CREATE = syntax("create");
    private static final Syntax EXEC = syntax("exec");

    private static Syntax syntax(String name) {
        return Objects.requireNonNull(Commands.find(name)).syntax();
    }

    @Property(tries = 3000)
    void whatItReadsItReadsAsPicocliDoes(@ForAll("commands") String name, @ForAll("words") List<String> words) {
        Syntax syntax = syntax(name);
        Optional<Given> quick = QuickParser.parse(syntax, words);
        Statistics.collect(quick.isPresent() ? "read" : "left to picocli");
        quick.ifPresent(given -> assertThat(given).isEqualTo(PicocliParser.parse(syntax, words)));
    }

    @Provide
    Arbitrary<String> commands() {
        return Arbitraries.of(Commands.leaves());
    }

    @Provide
    Arbitrary<List<String>> words() {
        Arbitrary<String> words = Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.of("web", "a b", "-", "8080:80", "k=v", "", "debian", "@file", "'q'")),
                Tuple.of(
                        4,
                        Arbitraries.of(
                                "--json",
                                "-v",
                                "--verbose",
                                "-q",
                                "--label",
                                "--label=k=v",
                                "--cpus",
                                "--cpus=4",
                                "-e",
                                "--env",
                                "--memory",
                                "--timeout",
                                "--follow",
                                "-f",
                                "--data-dir",
                                "--wait=5s")),
                Tuple.of(1, Arbitraries.of("--", "-vv", "--json=true", "--nonsense", "-x", "-n5", "--cpus=", "-h")));
        return words.list().ofMaxSize(7);
    }

    @Test
    void plainLinesAreReadWithoutPicocli() {
        assertThat(QuickParser.parse(CREATE, List.of("web", "--cpus", "4", "--label=a=b", "--label", "c=d", "--json")))
                .contains(new Given(
                        Map.of("--cpus", List.of("4"), "--label", List.of("a=b", "c=d"), "--json", List.of("")),
                        List.of("web")));
    }

    @Test
    void theGuestsOptionsAreTheGuests() {
        Given expected = new Given(Map.of("--json", List.of("")), List.of("web", "ls", "-la", "--json", "--", "-x"));
        assertThat(QuickParser.parse(EXEC, List.of("--json", "web", "ls", "-la", "--json", "--", "-x")))
                .contains(expected);
        assertThat(PicocliParser.parse(EXEC, List.of("--json", "web", "ls", "-la", "--json", "--", "-x")))
                .isEqualTo(expected);
    }

    @Test
    void aDoubleDashEndsOurOptions() {
        Given expected = new Given(Map.of("--env", List.of("A=b")), List.of("web", "-weird", "--json"));
        assertThat(QuickParser.parse(EXEC, List.of("web", "-e", "A=b", "--", "-weird", "--json")))
                .contains(expected);
        assertThat(PicocliParser.parse(EXEC, List.of("web", "-e", "A=b", "--", "-weird", "--json")))
                .isEqualTo(expected);
    }

    @Test
    void flagsInOneWordAreLeftToPicocli() {
        assertThat(QuickParser.parse(CREATE, List.of("web", "-vvq"))).isEmpty();
        Given given = PicocliParser.parse(CREATE, List.of("web", "-vvq"));
        assertThat(given.count(GlobalOptions.VERBOSE)).isEqualTo(2);
        assertThat(given.has(GlobalOptions.QUIET)).isTrue();
    }

    @Test
    void mistakesAreExplained() {
        assertRefused(
                CREATE,
                List.of("--cpu", "3"),
                "unknown option '--cpu', perhaps --cpus was meant; see 'minions create --help'");
        assertRefused(CREATE, List.of("--cpus"), "missing required parameter for option '--cpus' (N)");
        assertRefused(
                CREATE, List.of("--cpus", "1", "--cpus", "2"), "option '--cpus' (N) should be specified only once");
        assertRefused(EXEC, List.of("web"), "missing required parameter: 'COMMAND'");
        assertRefused(syntax("list"), List.of("web"), "unexpected word 'web'");
    }

    private static void assertRefused(Syntax syntax, List<String> words, String message) {
        assertThat(QuickParser.parse(syntax, words)).isEmpty();
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> PicocliParser.parse(syntax, words))
                .withMessageContaining(message);
    }
}
