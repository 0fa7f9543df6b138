package dev.minions.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.cli.CliFixture.Outcome;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code help}, {@code version}, {@code completion}, and what happens without a command. */
class HelpTest {
    @TempDir
    private Path directory;

    private CliFixture cli;

    static List<String> leaves() {
        return Commands.leaves();
    }

    @BeforeEach
    void setUp() {
        cli = new CliFixture(directory);
    }

    @ParameterizedTest
    @MethodSource("leaves")
    void everyOptionOfEveryCommandIsExplained(String name) {
        Syntax syntax = Objects.requireNonNull(Commands.find(name)).syntax();
        assertThat(syntax.name()).isEqualTo(name);
        Set<String> names = new HashSet<>();
        for (Option option : syntax.allOptions()) {
            assertThat(option.help()).isNotBlank().doesNotEndWith(".");
            assertThat(names).doesNotContainAnyElementsOf(option.names());
            names.addAll(option.names());
        }
        String help = cli.run((name + " --help").split(" ")).out();
        assertThat(help).startsWith("Usage: minions " + name).contains(syntax.summary());
        syntax.options().forEach(option -> assertThat(help).contains(option.names()));
        assertThat(help.lines()).allMatch(line -> line.length() <= 100);
    }

    @Test
    void everyCommandIsInTheHelpAndEveryOptionThatAllHave() {
        Outcome outcome = cli.run("--help");
        assertThat(outcome.out()).contains(Commands.NAMES);
        GlobalOptions.ALL.forEach(option -> assertThat(outcome.out()).contains(option.names()));
        assertThat(cli.run("help")).isEqualTo(outcome);
        assertThat(cli.run("help", "image", "build")).isEqualTo(cli.run("image", "build", "-h"));
        assertThat(cli.run("help", "nonsense").code()).isEqualTo(Exit.USAGE);
    }

    @Test
    void withoutACommandTheHelpGoesToStandardError() {
        assertThat(cli.run())
                .isEqualTo(new Outcome(Exit.USAGE, "", cli.run("--help").out()));
    }

    @Test
    void withJsonAMissingCommandIsAnErrorLikeAnyMisuse() {
        assertThat(cli.run("--json"))
                .isEqualTo(new Outcome(
                        Exit.USAGE,
                        "{\"error\":{\"code\":\"usage\",\"kind\":\"usage\",\"message\":\"a command is missing;"
                                + " see 'minions --help'\",\"operation\":null,\"leftovers\":[]}}\n",
                        "minions: a command is missing; see 'minions --help'\n"));
        assertThat(cli.run("image", "--json").out()).contains("see 'minions image --help'");
    }

    @Test
    void aCommandThatIsNotOneIsGuessedAt() {
        assertThat(cli.run("crate", "web"))
                .isEqualTo(new Outcome(
                        2,
                        "",
                        "minions: there is no command 'crate', perhaps 'create' was meant; see 'minions --help'\n"));
        assertThat(cli.run("\u001b[31m").err()).startsWith("minions: there is no command '?[31m'; ");
        assertThat(cli.run("--nonsense", "list").err())
                .isEqualTo("minions: unknown option '--nonsense' before the command; see 'minions --help'\n");
    }

    @Test
    void optionsThatAllHaveMayStandBeforeTheCommand() {
        assertThat(cli.run("--json", "--project", "list", "-v", "list").out()).isEqualTo("[]\n");
        assertThat(cli.engines.opened().get(0).project().value()).isEqualTo("list");
        assertThat(cli.run("-qv", "--project=x", "list").code()).isZero();
    }

    @Test
    void theVersionIsKnown() {
        assertThat(cli.run("version").out()).matches("minions \\d+\\.\\d+\\.\\S+ \\(Java \\S+, Linux \\S+, \\S+\\)\n");
        assertThat(cli.run("--version").out()).matches("minions \\d\\S+\n");
        assertThat(cli.run("list", "-V").out()).isEqualTo(cli.run("-V").out());
        assertThat(cli.run("version", "--json").out()).matches("\\{\"version\":\"\\d[^\"]+\",\"java\":.*}\n");
    }

    @Test
    void aCompletionKnowsEveryCommandAndOption() {
        String script = cli.run("completion", "bash").out();
        assertThat(script).contains(Commands.NAMES).contains("--idempotency-key", "--include", "--data-dir");
        assertThat(cli.run("completion", "zsh").out()).contains("bashcompinit");
        assertThat(cli.run("completion", "fish").err())
                .isEqualTo("minions: completion is for bash and zsh, got 'fish'\n");
        assertThat(cli.run("completion", "bash", "--json").out()).startsWith("{\"shell\":\"bash\",\"script\":\"#!");
    }
}
