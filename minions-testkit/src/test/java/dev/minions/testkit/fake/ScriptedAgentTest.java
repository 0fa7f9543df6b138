package dev.minions.testkit.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.Command;
import dev.minions.ExecResult;
import dev.minions.ExitStatus;
import dev.minions.GuestFile;
import dev.minions.VmId;
import dev.minions.agent.client.AgentClient;
import dev.minions.agent.client.AgentException;
import dev.minions.agent.client.AgentProcess;
import dev.minions.agent.client.IdentityChange;
import dev.minions.agent.client.NetworkSettings;
import dev.minions.spi.GuestChannel;
import dev.minions.spi.GuestChannel.Framing;
import dev.minions.spi.GuestConnection;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.Vmm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The agent of fake guests is one that the host's own client takes for a true one. */
class ScriptedAgentTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int KEEP = 1 << 20;

    @TempDir
    Path directory;

    private final FakeHost host = new FakeHost();

    private Vmm start(Framing framing) {
        var machines = new FakeMachines(directory);
        MachineSpec machine = machines.machine("web");
        return machines.open(host.channels(framing)).start(machine);
    }

    private VmId vm() {
        return host.running().get(0);
    }

    private static AgentClient attach(Vmm vmm, Optional<VmId> expected) throws IOException, InterruptedException {
        GuestChannel channel = vmm.channel();
        return AgentClient.attach(channel.framing(), limit -> channel.open(0, limit), expected, LIMIT);
    }

    private AgentClient attach(Framing framing) throws IOException, InterruptedException {
        Vmm vmm = start(framing);
        return attach(vmm, Optional.of(vm()));
    }

    @ParameterizedTest
    @EnumSource
    void itRunsCommands(Framing framing) throws Exception {
        host.agent().with("greet", call -> {
            call.print("hello " + call.argv().get(1) + call.environment().get("MARK"));
            call.stderr().write("oh".getBytes(StandardCharsets.UTF_8));
            return 3;
        });
        try (AgentClient client = attach(framing)) {
            ExecResult result = client.exec(Command.of("greet", "world").environment("MARK", "!"), KEEP, LIMIT);

            assertThat(result.stdout()).isEqualTo("hello world!");
            assertThat(result.stderr()).isEqualTo("oh");
            assertThat(result.exitCode()).isEqualTo(3);
            assertThat(client.legacy()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void itCarriesMoreThanAnyWindowBothWays(Framing framing) throws Exception {
        byte[] much = new byte[3 << 20];
        for (int i = 0; i < much.length; i++) {
            much[i] = (byte) (i * 31);
        }
        try (AgentClient client = attach(framing);
                AgentProcess process = client.start(Command.of("/bin/cat"), LIMIT)) {
            Thread.ofVirtual().start(() -> {
                try (var stdin = process.stdin()) {
                    stdin.write(much);
                } catch (IOException e) {
                    return; // the assertion below will say it
                }
            });

            assertThat(process.stdout().readAllBytes()).isEqualTo(much);
            assertThat(process.waitFor(LIMIT)).isPresent();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCommandThatTakesTooLongIsKilled(Framing framing) throws Exception {
        try (AgentClient client = attach(framing)) {
            ExecResult result = client.exec(Command.of("sleep", "100").within(Duration.ofMillis(50)), KEEP, LIMIT);

            assertThat(result.status()).isEqualTo(new ExitStatus.TimedOut());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProgramThatIsNotThereIsSaidToBeMissing(Framing framing) throws Exception {
        try (AgentClient client = attach(framing)) {
            assertThatExceptionOfType(AgentException.class)
                    .isThrownBy(() -> client.exec(Command.of("nonsense"), KEEP, LIMIT))
                    .satisfies(
                            failure -> assertThat(failure.failure().shellCode()).isEqualTo(127));
        }
    }

    @ParameterizedTest
    @EnumSource
    void itRemembersWhatItWasTold(Framing framing) throws Exception {
        try (AgentClient client = attach(framing)) {
            client.configureNetwork(NetworkSettings.of("10.0.0.2/16", "10.0.0.1", List.of("1.1.1.1")), LIMIT);
            client.setIdentity(
                    IdentityChange.none().hostname("web").authorizedKeys(List.of("ssh-ed25519 AAAA")), LIMIT);
            client.writeFile(GuestFile.text("/etc/motd", "grüß Gott"), LIMIT);

            FakeGuestState guest = host.agent().guest(vm());
            assertThat(guest.address()).contains("10.0.0.2/16");
            assertThat(guest.hostname()).isEqualTo("web");
            assertThat(guest.authorizedKeys()).containsExactly("ssh-ed25519 AAAA");
            assertThat(guest.identityChanges()).isEqualTo(1);
            assertThat(guest.file("/etc/motd")).contains("grüß Gott");
            assertThat(client.readFile("/etc/motd", 100, LIMIT)).asString().isEqualTo("grüß Gott");
            assertThat(client.health(LIMIT).hostname()).isEqualTo("web");
            assertThat(client.status(LIMIT).agentVersion()).contains(ScriptedAgent.VERSION);
        }
    }

    @ParameterizedTest
    @EnumSource
    void itPowersItsMachineOff(Framing framing) throws Exception {
        Vmm vmm = start(framing);
        try (AgentClient client = attach(vmm, Optional.empty())) {
            client.powerOff(LIMIT);
        } catch (AgentException e) {
            assertThat(e.reason()).as("the guest may be gone before it says so").isEqualTo(AgentException.Reason.LOST);
        }

        assertThat(vmm.awaitExit(LIMIT))
                .hasValueSatisfying(exit -> assertThat(exit.cause()).isEqualTo(Vmm.Cause.GUEST_POWERED_OFF));
    }

    @ParameterizedTest
    @EnumSource
    void aHostThatDiedInTheMiddleOfAFrameIsNotInTheWayOfTheNext(Framing framing) throws Exception {
        Vmm vmm = start(framing);
        try (GuestConnection died = vmm.channel().open(0, LIMIT)) {
            died.output().write(new byte[] {0, 0, 1, 0, '{'});
        }

        try (AgentClient client = attach(vmm, Optional.of(vm()))) {
            assertThat(client.exec(Command.of("echo", "alive"), KEEP, LIMIT).stdout())
                    .isEqualTo("alive\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAgentOfAnotherVmIsFoundOut(Framing framing) throws Exception {
        host.agent().pretendingToBeIn(VmId.random());

        assertThatExceptionOfType(AgentException.class)
                .isThrownBy(() -> attach(framing).close())
                .satisfies(failure -> assertThat(failure.reason()).isEqualTo(AgentException.Reason.WRONG_GUEST));
    }

    @ParameterizedTest
    @EnumSource(names = "CONNECTIONS")
    void anExistingAgentKnowsWhatExistingAgentsKnow(Framing framing) throws Exception {
        host.agent().asExistingAgentsDo();
        try (AgentClient client = attach(start(framing), Optional.empty())) {
            assertThat(client.legacy()).isTrue();
            assertThat(client.exec(Command.of("echo", "old"), KEEP, LIMIT).stdout())
                    .isEqualTo("old\n");
        }
    }
}
