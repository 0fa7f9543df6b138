package dev.minions.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.VmState;
import dev.minions.cli.CliFixture.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code start}, {@code stop}, {@code destroy}. */
class ChangingCommandsTest {
    @TempDir
    private Path directory;

    private CliFixture cli;

    @BeforeEach
    void setUp() {
        cli = new CliFixture(directory);
        cli.run("create", "a", "b");
    }

    @Test
    void stopSaysWhichWayTheVmStopped() {
        assertThat(cli.run("stop", "a"))
                .isEqualTo(new Outcome(0, "stopped a: the agent was asked and the guest shut down, 2.1 s\n", ""));
        assertThat(cli.minions.vm("a").askedGrace()).contains(Duration.ofSeconds(90));
        assertThat(cli.run("stop", "a").out()).isEqualTo("already stopped: a\n");
        assertThat(cli.run("stop", "b", "--force").out()).isEqualTo("stopped b: killed as asked, 2.1 s\n");
        assertThat(cli.minions.vm("b").askedGrace()).contains(Duration.ZERO);
    }

    @Test
    void stopTakesATimeoutButNotTogetherWithForce() {
        assertThat(cli.run("stop", "a", "--timeout", "5", "--json").out())
                .isEqualTo(
                        "{\"id\":\"0198aaaa-bbbb-7ccc-8ddd-000000000001\",\"name\":\"a\",\"how\":\"agent\",\"took\":2.134}\n");
        assertThat(cli.minions.vm("a").askedGrace()).contains(Duration.ofSeconds(5));
        assertThat(cli.run("stop", "a", "--timeout", "5", "--force").code()).isEqualTo(Exit.USAGE);
    }

    @Test
    void startSaysWhatBecameOfIt() {
        cli.minions.vm("a").state(VmState.STOPPED);
        assertThat(cli.run("start", "a", "b").out())
                .isEqualTo("started a: running, 10.0.0.2\nalready running: b: running, 10.0.0.3\n");
        assertThat(cli.run("start", "a", "--quiet").out()).isEqualTo("a\n");
        assertThat(cli.run("start", "a", "--json").out()).contains("\"state\":\"running\"");
    }

    @Test
    void destroyTakesARunningVmAndDoesNotAskBack() {
        assertThat(cli.run("destroy", "a", "--json").out())
                .isEqualTo("{\"id\":\"0198aaaa-bbbb-7ccc-8ddd-000000000001\",\"name\":\"a\"}\n");
        assertThat(cli.run("destroy", "a", "b"))
                .isEqualTo(new Outcome(1, "destroyed b\n", "minions: vm 'a': not in project 'default'\n"));
        assertThat(cli.minions.size()).isZero();
    }

    @Test
    void aNameIsNeeded() {
        for (String command : new String[] {"start", "stop", "destroy", "info", "status", "logs"}) {
            Outcome outcome = cli.run(command);
            assertThat(outcome.err())
                    .isEqualTo("minions: missing required parameter: 'NAME'; see 'minions " + command + " --help'\n");
            assertThat(outcome.code()).isEqualTo(Exit.USAGE);
        }
        assertThat(cli.run("exec").err())
                .isEqualTo("minions: missing required parameters: 'NAME', 'COMMAND'; see 'minions exec --help'\n");
    }
}
