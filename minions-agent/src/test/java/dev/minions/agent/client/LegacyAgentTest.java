package dev.minions.agent.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.minions.ByteSize;
import dev.minions.Command;
import dev.minions.ExecResult;
import dev.minions.ExitStatus;
import dev.minions.GuestFile;
import dev.minions.GuestStatus;
import dev.minions.VmId;
import dev.minions.agent.client.AgentException.Reason;
import dev.minions.spi.GuestChannel.Framing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LegacyAgentTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int KEEP = 4 << 20;

    @TempDir
    private Path directory;

    private LegacyAgent agent;
    private AgentClient client;

    @BeforeEach
    void start() throws Exception {
        agent = LegacyAgent.start(directory);
        client = attach();
        agent.requests.clear();
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        agent.close();
    }

    private AgentClient attach() throws IOException, InterruptedException {
        return AgentClient.attach(Framing.CONNECTIONS, agent.dialer(), Optional.of(VmId.random()), LIMIT);
    }

    private ExecResult sh(String script) throws IOException, InterruptedException {
        return client.exec(Command.of("sh", "-c", script), KEEP, LIMIT);
    }

    @Test
    void itIsRecognizedByHangingUpAtHello() {
        assertThat(client.legacy()).isTrue();
        assertThat(client.agent()).isEqualTo(AgentInfo.LEGACY);
        assertThat(client.isOpen()).isTrue();
        assertThat(agent.unknown).singleElement().asString().contains("\"type\":\"hello\"");
    }

    @Test
    void itIsWaitedForWhileItsGuestStarts() throws Exception {
        agent.notYet.set(5);
        try (AgentClient late = attach()) {
            assertThat(late.health(LIMIT).hostname()).isEqualTo("old");
        }
    }

    @Test
    void eachRequestGetsAConnectionOfItsOwnAndNoId() throws Exception {
        client.health(LIMIT);
        client.status(LIMIT);
        sh("true");
        assertThat(agent.mostOnOneConnection).hasValue(1);
        assertThat(agent.requests).hasSize(4).noneMatch(request -> request.contains("\"id\""));
    }

    @Test
    void itsHealthIsRead() throws Exception {
        assertThat(client.health(LIMIT)).isEqualTo(new Health(Duration.ofSeconds(12), "old"));
        assertThat(agent.requests).containsExactly("{\"type\":\"health_check\"}");
    }

    @Test
    void itsStatusIsRead() throws Exception {
        assertThat(client.status(LIMIT))
                .isEqualTo(status(
                        OptionalDouble.of(12.5),
                        OptionalLong.of(1000),
                        OptionalLong.of(2000),
                        OptionalDouble.of(0.25)));
    }

    @Test
    void whatAVeryOldOneLeavesOutOfItsStatusIsLeftOut() throws Exception {
        agent.veryOld = true;
        assertThat(client.status(LIMIT))
                .isEqualTo(status(
                        OptionalDouble.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalDouble.empty()));
    }

    private static GuestStatus status(
            OptionalDouble cpu, OptionalLong received, OptionalLong sent, OptionalDouble load) {
        return new GuestStatus(
                Duration.ofSeconds(12),
                "old",
                ByteSize.mib(2048),
                ByteSize.mib(512),
                ByteSize.gib(10),
                ByteSize.gib(3),
                cpu,
                received,
                sent,
                load,
                Optional.empty());
    }

    @Test
    void itsNetworkIsConfigured() throws Exception {
        client.configureNetwork(NetworkSettings.of("10.0.0.2/16", "10.0.0.1", List.of("1.1.1.1", "8.8.8.8")), LIMIT);
        assertThat(agent.requests)
                .containsExactly("{\"type\":\"configure_network\",\"ip\":\"10.0.0.2/16\",\"gateway\":\"10.0.0.1\","
                        + "\"dns\":[\"1.1.1.1\",\"8.8.8.8\"]}");
    }

    @Test
    void addressesThatItWouldIgnoreAreRefused() {
        NetworkSettings two = new NetworkSettings(
                "10.0.0.2/16", Optional.of("10.0.0.1"), List.of(), Optional.of("fd00::2/64"), Optional.empty());
        NetworkSettings noWayOut =
                new NetworkSettings("10.0.0.2/16", Optional.empty(), List.of(), Optional.empty(), Optional.empty());
        String sentence = "the guest's agent can only set one address, with a gateway to go out by";
        unsupported(() -> client.configureNetwork(two, LIMIT), sentence);
        unsupported(() -> client.configureNetwork(noWayOut, LIMIT), sentence);
    }

    @Test
    void aCommandsOutputsAndExitCodeArrive() throws Exception {
        ExecResult result =
                client.exec(Command.of("sh", "-c", "echo \"$0\"; echo err >&2; exit 7", "a b ä"), KEEP, LIMIT);
        assertThat(result.stdout()).isEqualTo("a b ä\n");
        assertThat(result.stderr()).isEqualTo("err\n");
        assertThat(result.status()).isEqualTo(ExitStatus.exited(7));
        assertThat(result.truncated()).isFalse();
    }

    @Test
    void aCommandThatASignalEndedIsToldApartThoughNotBySignal() throws Exception {
        assertThat(sh("kill -TERM $$").status()).isEqualTo(new ExitStatus.Signalled(9));
    }

    @Test
    void environmentAndDirectoryTakeEffectThoughTheProtocolHasNoneOfThem() throws Exception {
        Command command =
                Command.of("sh", "-c", "echo $A; pwd").environment("A", "b c").directory("/usr");
        assertThat(client.exec(command, KEEP, LIMIT).stdout()).isEqualTo("b c\n/usr\n");
        assertThat(agent.requests)
                .containsExactly("{\"type\":\"exec\",\"command\":\"env\",\"args\":[\"--chdir=/usr\",\"A=b c\",\"sh\","
                        + "\"-c\",\"echo $A; pwd\"]}");
    }

    @Test
    void aUserTakesEffectThoughTheProtocolHasNone() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can become somebody else");
        ExecResult nobody = client.exec(Command.of("id", "-u").user("nobody"), KEEP, LIMIT);
        assertThat(nobody.stdout()).isEqualTo("65534\n");
    }

    @Test
    void aTimeLimitTakesEffectThoughTheProtocolHasNone() throws Exception {
        Command command = Command.of("sh", "-c", "sleep 1000 & sleep 1000").within(Duration.ofMillis(300));
        assertThat(client.exec(command, KEEP, LIMIT).status()).isEqualTo(new ExitStatus.TimedOut());
    }

    @Test
    void whatLooksLikeATimeLimitBeforeItHasPassedIsNone() throws Exception {
        Command own = Command.of("sh", "-c", "exit 124").within(LIMIT);
        assertThat(client.exec(own, KEEP, LIMIT).status()).isEqualTo(ExitStatus.exited(124));
        Command killed = Command.of("sh", "-c", "kill -9 $PPID; kill -9 $$").within(LIMIT);
        assertThat(client.exec(killed, KEEP, LIMIT).status()).isEqualTo(new ExitStatus.Signalled(9));
    }

    @Test
    void aProgramBesideAnotherDirectoryIsRefused() {
        unsupported(
                () -> client.exec(Command.of("bin/true").directory("/usr"), KEEP, LIMIT),
                "the guest's agent cannot run 'bin/true' in another directory");
    }

    @Test
    void anOutputThatItCutIsSaidToBeCut() throws Exception {
        ExecResult result = sh("head -c 600000 /dev/zero | tr '\\0' x; echo err >&2");
        assertThat(result.stdoutBytes()).hasSize(LegacyAgent.CUT);
        assertThat(result.stderr()).isEqualTo("err\n");
        assertThat(result.truncated()).isTrue();
        assertThat(sh("head -c 500000 /dev/zero | tr '\\0' x").truncated()).isFalse();
    }

    @Test
    void twoOutputsThatDoNotFitItsAnswerAreSaidToBeThatAndTheNextCommandRuns() throws Exception {
        assertThatExceptionOfType(AgentException.class)
                .isThrownBy(() -> sh("head -c 600000 /dev/zero | tr '\\0' x | tee /dev/stderr"))
                .withMessage("the guest closed the connection; an old agent also does so where a command's outputs do"
                        + " not fit one answer")
                .returns(Reason.LOST, AgentException::reason);
        assertThat(sh("echo on").stdout()).isEqualTo("on\n");
    }

    @Test
    void aCommandPastTheCallersLimitIsGivenUpAndTheNextOneRuns() throws Exception {
        assertThatExceptionOfType(AgentException.class)
                .isThrownBy(() -> client.exec(Command.of("sleep", "3"), KEEP, Duration.ofMillis(200)))
                .withMessage("the guest's agent did not answer 'exec' within 200 ms")
                .returns(Reason.TIMED_OUT, AgentException::reason);
        assertThat(sh("echo on").stdout()).isEqualTo("on\n");
    }

    @Test
    void manyCallersAreServedAtOnce() throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                String text = "number " + i;
                answers.add(executor.submit(
                        () -> client.exec(Command.of("echo", text), KEEP, LIMIT).stdout()));
            }
            for (int i = 0; i < 10; i++) {
                assertThat(answers.get(i).get()).isEqualTo("number " + i + "\n");
            }
        }
    }

    @Test
    void aTextFileIsWritten() throws Exception {
        client.writeFile(GuestFile.text("/etc/motd", "hällo \"you\"\n").mode(0600), LIMIT);
        assertThat(agent.requests)
                .containsExactly("{\"type\":\"write_file\",\"path\":\"/etc/motd\",\"mode\":384,\"append\":false,"
                        + "\"content\":\"hällo \\\"you\\\"\\n\"}");
    }

    @Test
    void aFileThatIsNoTextIsRefused() {
        unsupported(
                () -> client.writeFile(GuestFile.bytes("/etc/key", new byte[] {0, (byte) 0xFF}), LIMIT),
                "file '/etc/key' is no text, and the guest's agent takes only text");
    }

    @Test
    void aTextThatDoesNotFitAFrameIsRefused() {
        byte[] bells = "\u0007".repeat(300_000).getBytes(StandardCharsets.US_ASCII); // six bytes each in JSON
        assertThatExceptionOfType(AgentException.class)
                .isThrownBy(() -> client.writeFile(GuestFile.bytes("/bells", bells), LIMIT))
                .withMessageContaining("'write_file' cannot be sent: a message of 18000")
                .returns(Reason.REFUSED, AgentException::reason);
        assertThat(agent.requests).isEmpty();
    }

    @Test
    void whatItDoesNotKnowIsRefusedInOneSentenceAndNotAskedOfIt() {
        unsupported(() -> client.start(Command.of("cat"), LIMIT), unknown("streams"));
        unsupported(() -> client.readFile("/etc/motd", 10, LIMIT), unknown("files"));
        unsupported(() -> client.setIdentity(IdentityChange.none().hostname("web"), LIMIT), unknown("identity"));
        unsupported(() -> client.syncTime(Instant.EPOCH, LIMIT), unknown("identity"));
        unsupported(() -> client.powerOff(LIMIT), unknown("shutdown"));
        unsupported(() -> client.reboot(LIMIT), unknown("shutdown"));
        unsupported(() -> client.freeze(Duration.ofSeconds(1), LIMIT), unknown("freeze"));
        unsupported(() -> client.thaw(LIMIT), unknown("freeze"));
    }

    private static String unknown(String capability) {
        return "the guest's agent does not know '" + capability + "'; a newer image has one that does";
    }

    private void unsupported(ThrowingCallable call, String sentence) {
        agent.unknown.clear();
        assertThatExceptionOfType(AgentException.class)
                .isThrownBy(call)
                .withMessage(sentence)
                .returns(Reason.UNSUPPORTED, AgentException::reason);
        assertThat(agent.requests).isEmpty();
        assertThat(agent.unknown).isEmpty();
    }

    @Test
    void itsErrorIsTheReasonInItsOwnWords() {
        agent.error = "No such file or directory (os error 2)";
        assertThatExceptionOfType(AgentException.class)
                .isThrownBy(() -> sh("true"))
                .withMessage("No such file or directory (os error 2)")
                .returns(Reason.REFUSED, AgentException::reason);
    }

    @Test
    void nothingIsAskedOfItAfterTheClose() {
        client.close();
        assertThat(client.isOpen()).isFalse();
        assertThatExceptionOfType(AgentException.class)
                .isThrownBy(() -> client.health(LIMIT))
                .returns(Reason.LOST, AgentException::reason);
        assertThat(agent.requests).isEmpty();
    }
}
