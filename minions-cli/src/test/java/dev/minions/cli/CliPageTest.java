package dev.minions.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.cli.CliFixture.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds {@code docs/cli.md} to the code. */
class CliPageTest {
    @TempDir
    private Path directory;

    static List<String> leaves() {
        return Commands.leaves().stream().filter(name -> !name.equals("help")).toList();
    }

    private static String page() throws IOException {
        return Files.readString(Path.of("..", "docs", "cli.md"));
    }

    @ParameterizedTest
    @MethodSource("leaves")
    void theHelpOfEveryCommandIsOnThePage(String name) throws IOException {
        assertThat(page()).contains("\n### " + name + "\n\n```text\n" + Help.of(name) + "```\n");
    }

    @Test
    void theOverviewIsOnThePage() throws IOException {
        assertThat(page()).contains("\n## Commands\n\n```text\n" + Help.of("") + "```\n");
    }

    @Test
    void theExampleOfAConfigurationIsOne() throws IOException {
        CliFixture cli = new CliFixture(directory);
        String example = page().split("```toml\n", 2)[1].split("```", 2)[0];
        CliFixture.write(cli.etc.resolve("minions/minions.toml"), example);
        assertThat(cli.run("list")).extracting(Outcome::code, Outcome::err).containsExactly(Exit.OK, "");
        assertThat(cli.engines.opened().get(0).hypervisor().orElseThrow().values())
                .containsKey("program");
    }

    @Test
    void everySettingHasItsVariableOnThePage() throws IOException {
        for (String option : List.of(
                GlobalOptions.DATA_DIR,
                GlobalOptions.PROJECT,
                GlobalOptions.WAIT,
                GlobalOptions.ALLOW_HOST_ACCESS,
                GlobalOptions.HYPERVISOR,
                GlobalOptions.VOLUMES,
                GlobalOptions.NETWORK)) {
            String variable =
                    "MINIONS_" + option.substring(2).toUpperCase(Locale.ROOT).replace('-', '_');
            assertThat(page()).contains("| `" + option + "` | `" + variable + "` |");
            assertThat(Help.of("")).contains("(" + variable + ")");
        }
    }
}
