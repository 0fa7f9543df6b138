package dev.minions.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.VmState;
import dev.minions.cli.CliFixture.Outcome;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code init}, and {@code start --interrupted}, which its units call. */
class InitCommandTest {
    @TempDir
    private Path directory;

    private CliFixture cli;

    @BeforeEach
    void setUp() {
        cli = new CliFixture(directory);
    }

    @Test
    void whatIsTypedIsAboveWhatIsConfigured() {
        CliFixture.write(
                cli.etc.resolve("minions/minions.toml"),
                "[network]\nid = \"bridge\"\nbridge = \"vm0\"\naddress = \"10.9.0.1/16\"\n");
        assertThat(cli.run("init", "--persist", "--address", "10.8.0.1/16", "--dns", "9.9.9.9"))
                .isEqualTo(new Outcome(0, "init {address=10.8.0.1/16, bridge=vm0, dns=9.9.9.9} for good\n", ""));
        assertThat(cli.run("init", "--undo").out()).isEqualTo("undo {address=10.9.0.1/16, bridge=vm0}\n");
    }

    @Test
    void settingsOfAnotherNetworkAreNotTheBridges() {
        CliFixture.write(cli.etc.resolve("minions/minions.toml"), "[network]\nid = \"user\"\ndns = \"9.9.9.9\"\n");
        assertThat(cli.run("init").out()).isEqualTo("init {}\n");
    }

    @Test
    void nothingToDoIsSaidToo() {
        assertThat(cli.run("init", "--undo").out()).isEqualTo("there is nothing to take back\n");
        assertThat(cli.run("init", "--undo", "--json").out()).isEqualTo("{\"changes\":[]}\n");
    }

    @Test
    void aPoolIsMadeOnADeviceOrInAFileUnderItsConfiguredNames() {
        CliFixture.write(cli.etc.resolve("minions/minions.toml"), "[volumes]\nid = \"lvm\"\npool = \"vms\"\n");
        assertThat(cli.run("init", "--lvm-device", "/dev/sdb").out())
                .isEqualTo("init {} OnDevice[device=/dev/sdb]{pool=vms}\n");
        assertThat(cli.run("init", "--lvm-file", "100GiB").out()).isEqualTo("init {} InFile[size=100 GiB]{pool=vms}\n");
        assertThat(cli.run("init", "--lvm-file", "1", "--lvm-device", "/dev/sdb")
                        .code())
                .isEqualTo(Exit.USAGE);
        assertThat(cli.run("init", "--lvm-file", "much").code()).isEqualTo(Exit.USAGE);
    }

    @Test
    void toUndoForGoodOrWithAPoolCannotBeMeant() {
        assertThat(cli.run("init", "--undo", "--persist").code()).isEqualTo(Exit.USAGE);
        assertThat(cli.run("init", "--undo", "--lvm-file", "10G").code()).isEqualTo(Exit.USAGE);
    }

    @Test
    void theVmsThatRanAreStarted() {
        cli.run("create", "web");
        cli.run("create", "off", "--stopped");
        cli.minions.vm("web").state(VmState.FAILED);
        assertThat(cli.run("start", "--interrupted").out())
                .startsWith("started web: running")
                .doesNotContain("off");
        assertThat(cli.run("start", "--interrupted")).isEqualTo(new Outcome(0, "", ""));
    }

    @Test
    void aStartNeedsNamesOrTheFlagAndNotBoth() {
        assertThat(cli.run("start").code()).isEqualTo(Exit.USAGE);
        assertThat(cli.run("start", "--interrupted", "web").code()).isEqualTo(Exit.USAGE);
    }
}
