package dev.minions.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.cli.CliFixture.Outcome;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsCommandTest {
    @TempDir
    private Path directory;

    private CliFixture cli;

    @BeforeEach
    void setUp() {
        cli = new CliFixture(directory);
        cli.run("create", "web");
    }

    @Test
    void intoAPipeEverythingGoesAsTheGuestWroteIt() {
        assertThat(cli.run("logs", "web").out()).isEqualTo(FakeVm.CONSOLE + "\n");
        assertThat(cli.run("logs", "web", "--follow").out()).isEqualTo(FakeVm.CONSOLE + "root\nwelcome\n");
    }

    @Test
    void onATerminalNothingTheGuestWroteSteersIt() {
        cli.outIsTerminal = true;
        assertThat(cli.run("logs", "web").out()).isEqualTo("booting\nred evil\nlogin: \n");
        assertThat(cli.run("logs", "web", "-f").out()).isEqualTo("booting\nred evil\nlogin: root\nwelcome\n");
    }

    @Test
    void onlyTheLastLinesAreShownOnRequest() {
        assertThat(cli.run("logs", "web", "--tail", "1").out()).isEqualTo("login: \n");
        assertThat(cli.run("logs", "web", "-n", "0").out()).isEmpty();
        assertThat(cli.run("logs", "web", "--tail", "1", "--follow").out()).isEqualTo("login: root\nwelcome\n");
        assertThat(cli.run("logs", "web", "--tail", "0", "--follow").out()).isEqualTo("root\nwelcome\n");
        assertThat(cli.run("logs", "web", "--tail", "9", "--follow").out()).startsWith("booting\n");
        assertThat(cli.run("logs", "web", "--tail=-1").code()).isEqualTo(Exit.USAGE);
    }

    @Test
    void asJsonItIsText() {
        assertThat(cli.run("logs", "web", "--json", "--tail", "1").out())
                .isEqualTo("{\"id\":\"0198aaaa-bbbb-7ccc-8ddd-000000000001\",\"name\":\"web\",\"text\":\"login: \"}\n");
    }

    @Test
    void whatHasNoEndIsForOneVmAndNotForJson() {
        assertThat(cli.run("logs", "web", "--follow", "--json").code()).isEqualTo(Exit.USAGE);
        assertThat(cli.run("logs", "web", "web", "--follow").code()).isEqualTo(Exit.USAGE);
        assertThat(cli.run("logs", "nobody"))
                .isEqualTo(new Outcome(1, "", "minions: vm 'nobody': not in project 'default'\n"));
    }
}
