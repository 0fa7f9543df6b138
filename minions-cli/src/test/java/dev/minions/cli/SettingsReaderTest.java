package dev.minions.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.ProjectName;
import dev.minions.cli.CliFixture.Outcome;
import dev.minions.cli.Settings.Chosen;
import dev.minions.spi.BackendId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsReaderTest {
    @TempDir
    private Path directory;

    private CliFixture cli;

    @BeforeEach
    void setUp() {
        cli = new CliFixture(directory);
    }

    private Settings settings(String... options) {
        String[] words = new String[options.length + 1];
        words[0] = "list";
        System.arraycopy(options, 0, words, 1, options.length);
        Outcome outcome = cli.run(words);
        assertThat(outcome.err()).isEmpty();
        return cli.engines.opened().get(cli.engines.opened().size() - 1);
    }

    private void hostFile(String text) {
        CliFixture.write(cli.etc.resolve("minions/minions.toml"), text);
    }

    private void ownFile(String text) {
        CliFixture.write(cli.home.resolve(".config/minions/minions.toml"), text);
    }

    @Test
    void withoutAnythingTheEngineChooses() {
        assertThat(settings())
                .isEqualTo(new Settings(
                        Optional.empty(),
                        ProjectName.DEFAULT,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        Duration.ofSeconds(60)));
    }

    @Test
    void anOptionBeatsAVariableBeatsTheOwnFileBeatsTheHosts() {
        hostFile("data-dir = '/host'\nproject = 'host'\nwait = '1s'\nallow-host-access = true\n");
        assertThat(settings().dataDirectory()).contains(Path.of("/host"));
        assertThat(settings().allowHostAccess()).isTrue();
        ownFile("data-dir = '/own'\nproject = 'own'\n");
        assertThat(settings().dataDirectory()).contains(Path.of("/own"));
        assertThat(settings().waitLimit()).isEqualTo(Duration.ofSeconds(1));
        cli.variables.put("MINIONS_DATA_DIR", "/variable");
        cli.variables.put("MINIONS_ALLOW_HOST_ACCESS", "no");
        assertThat(settings().dataDirectory()).contains(Path.of("/variable"));
        assertThat(settings().project()).isEqualTo(ProjectName.of("own"));
        assertThat(settings().allowHostAccess()).isFalse();
        Settings typed = settings("--data-dir", "/option", "--project=typed", "--wait", "5m", "--allow-host-access");
        assertThat(typed.dataDirectory()).contains(Path.of("/option"));
        assertThat(typed.project()).isEqualTo(ProjectName.of("typed"));
        assertThat(typed.waitLimit()).isEqualTo(Duration.ofMinutes(5));
        assertThat(typed.allowHostAccess()).isTrue();
    }

    @Test
    void theCallersFileLiesWhereXdgSays() {
        CliFixture.write(directory.resolve("xdg/minions/minions.toml"), "project = 'xdg'\n");
        cli.variables.put("XDG_CONFIG_HOME", directory.resolve("xdg").toString());
        assertThat(settings().project()).isEqualTo(ProjectName.of("xdg"));
    }

    @Test
    void aBackendTakesTheSettingsBesideItsId() {
        hostFile("[volumes]\nid = 'lvm'\npool = 'vg0/minions'\n[network]\nid = 'user'\n");
        assertThat(settings().volumes().orElseThrow().values()).containsExactly(Map.entry("pool", "vg0/minions"));
        assertThat(settings("--volumes", "lvm").volumes().orElseThrow().values())
                .containsKey("pool");
        assertThat(settings("--volumes", "directory").volumes())
                .contains(new Chosen(BackendId.of("directory"), Map.of(), "--volumes"));
        cli.variables.put("MINIONS_NETWORK", "bridge");
        assertThat(settings().network()).contains(new Chosen(BackendId.of("bridge"), Map.of(), "MINIONS_NETWORK"));
    }

    @Test
    void whatAFileSaysAndNobodyKnowsIsRefusedWithItsLine() {
        ownFile("project = 'a'\ncolour = 'red'\n");
        assertRefused("minions.toml:2: unknown key 'colour'; known are allow-host-access, data-dir, project, wait");
        ownFile("[qemu]\n");
        assertRefused("minions.toml:1: unknown table [qemu]; known are hypervisor, network, volumes");
        ownFile("\n[network]\nmtu = 1400\n");
        assertRefused("minions.toml:3: [network] must say which one: id = \"…\"");
        ownFile("[network]\nid = 'NO'\n");
        assertRefused("minions.toml:2: backend id must match");
        ownFile("wait = 'soon'\n");
        assertRefused("minions.toml:1: wait 'soon' is not a time");
        ownFile("allow-host-access = 'maybe'\n");
        assertRefused("must be true or false, got 'maybe'");
    }

    private void assertRefused(String message) {
        Outcome outcome = cli.run("list");
        assertThat(outcome.err()).startsWith("minions: ").contains(message);
        assertThat(outcome.code()).isEqualTo(Exit.USAGE);
    }
}
