package dev.minions.agent.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.Command;
import dev.minions.VmId;
import dev.minions.agent.Await;
import dev.minions.agent.guest.FakePort;
import dev.minions.agent.guest.TestGuest;
import dev.minions.agent.protocol.CommandSpec;
import dev.minions.agent.protocol.Request;
import dev.minions.agent.protocol.StreamData;
import dev.minions.agent.protocol.StreamRequest;
import dev.minions.agent.protocol.Sync;
import dev.minions.spi.GuestChannel.Framing;
import dev.minions.spi.GuestConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private TestGuest guest;
    private FakePort port;

    @BeforeEach
    void start() throws IOException {
        guest = TestGuest.start(directory);
        port = guest.servePort();
    }

    @AfterEach
    void stop() throws IOException {
        guest.close();
    }

    private AgentClient attach() throws IOException, InterruptedException {
        return AgentClient.attach(Framing.STREAM, limit -> port.attach(), Optional.empty(), LIMIT);
    }

    private static String echo(AgentClient client) throws IOException, InterruptedException {
        return client.exec(Command.of("echo", "through"), 1000, LIMIT).stdout();
    }

    @Test
    void oneHostAfterAnotherIsServed() throws Exception {
        for (int i = 0; i < 5; i++) {
            try (AgentClient client = attach()) {
                assertThat(echo(client)).isEqualTo("through\n");
                assertThat(client.agent().vmId()).contains(TestGuest.VM_ID);
            }
        }
    }

    @Test
    void aHostThatCameBeforeTheAgentIsServedWhenTheAgentComes() throws Exception {
        FakePort early = new FakePort();
        Thread agent = Thread.ofVirtual().unstarted(() -> guest.servePortAnew(early));
        try (AgentClient client = AgentClient.attach(
                Framing.STREAM,
                limit -> {
                    GuestConnection connection = early.attach();
                    agent.start();
                    return connection;
                },
                Optional.empty(),
                LIMIT)) {
            assertThat(echo(client)).isEqualTo("through\n");
        }
    }

    @Test
    void aGuestThatSeesTheHostsBytesBeforeTheHostIsServedAllTheSame() throws Exception {
        port.endTooEarly();
        try (AgentClient client = attach()) {
            assertThat(echo(client)).isEqualTo("through\n");
        }
        assertThat(port.ends).hasPositiveValue();
    }

    @Test
    void garbageBeforeTheMarkIsNothing() throws Exception {
        byte[] garbage = new byte[5000];
        new java.util.Random(3).nextBytes(garbage);
        port.leaveBehind(garbage);
        port.leaveBehind("{\"type\":\"shutdown\"}".getBytes(StandardCharsets.UTF_8));
        try (AgentClient client = attach()) {
            assertThat(echo(client)).isEqualTo("through\n");
        }
    }

    @Test
    void aHostThatDiesInTheMiddleOfAFrameDoesNotReachTheNextOnes() throws Exception {
        Path trace = directory.resolve("trace");
        byte[] exec = Request.encode(
                null, new Request.Exec(new CommandSpec("touch", List.of(trace.toString()), Map.of(), null, null, 0)));
        for (int cut = 0; cut < exec.length; cut += 7) {
            dieAfter(Arrays.copyOf(exec, cut));
            try (AgentClient client = attach()) {
                assertThat(echo(client)).isEqualTo("through\n");
            }
        }
        assertThat(trace).doesNotExist();
    }

    @Test
    void aHostThatDiesInTheMiddleOfInputEndsThatCommand() throws Exception {
        Path copy = directory.resolve("copy");
        Path pid = directory.resolve("pid");
        CommandSpec command = new CommandSpec(
                "sh", List.of("-c", "echo $$ >" + pid + "; exec cat >" + copy), Map.of(), null, null, 0);
        byte[] data = StreamData.encode(StreamData.Channel.STDIN, 9, new byte[20_000], 0, 20_000);
        try (GuestConnection host = port.attach()) {
            host.output().write(Sync.fresh(Sync.Kind.HOST, new byte[8]).encode());
            host.output().write(Request.encode(9, new StreamRequest.ExecStart(command, true, 1000)));
            Await.until("it runs", () -> Files.exists(pid) && Files.size(pid) > 0);
            host.output().write(Arrays.copyOf(data, 10_000));
        }
        try (AgentClient client = attach()) {
            assertThat(echo(client)).isEqualTo("through\n");
        }
        String process = Files.readString(pid).strip();
        Await.until("it is gone", () -> !Files.exists(Path.of("/proc/" + process)));
    }

    /** A host that syncs, sends, and is killed. */
    private void dieAfter(byte[]... bytes) throws IOException {
        try (GuestConnection host = port.attach()) {
            host.output().write(Sync.fresh(Sync.Kind.HOST, new byte[8]).encode());
            for (byte[] part : bytes) {
                host.output().write(part);
            }
        }
    }

    @Test
    void aNewHostEndsWhatRanForTheLast() throws Exception {
        AgentClient first = attach();
        AgentProcess process = first.start(Command.of("sleep", "1000"), LIMIT);
        first.close();
        try (AgentClient second = attach()) {
            assertThat(echo(second)).isEqualTo("through\n");
        }
        Await.until("it is gone", () -> !Files.exists(Path.of("/proc/" + process.pid())));
    }

    @Test
    void anAgentThatStartsAnewIsNoticedAtOnce() throws Exception {
        AgentClient client = attach();
        AgentProcess process = client.start(Command.of("sleep", "1000"), LIMIT);
        guest.servePortAnew(port);
        Await.until("the client knows", () -> !client.isOpen());
        assertThatExceptionOfType(AgentException.class)
                .isThrownBy(() -> process.waitFor(LIMIT))
                .withMessageContaining("started anew")
                .returns(AgentException.Reason.LOST, AgentException::reason);
        ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void anAgentThatStartsAnewWhileItIsGreetedIsGreetedAgain() throws Exception {
        var dials = new AtomicInteger();
        try (ScriptedGuest dying = ScriptedGuest.start(directory, line -> line.text(1));
                AgentClient client = AgentClient.attach(
                        Framing.STREAM,
                        limit -> dials.incrementAndGet() < 3 ? dying.dialer().dial(limit) : port.attach(),
                        Optional.empty(),
                        LIMIT)) {
            assertThat(echo(client)).isEqualTo("through\n");
        }
        assertThat(dials).hasValue(3);
    }

    @Test
    void anotherVmIsRefusedBeforeAnythingIsAskedOfIt() {
        assertThatExceptionOfType(AgentException.class)
                .isThrownBy(() ->
                        AgentClient.attach(Framing.STREAM, limit -> port.attach(), Optional.of(VmId.random()), LIMIT))
                .returns(AgentException.Reason.WRONG_GUEST, AgentException::reason)
                .withMessageContaining("the guest that answers is VM '" + TestGuest.VM_ID + "', not VM '");
    }

    @Test
    void theRightVmIsTaken() throws Exception {
        Optional<VmId> expected = Optional.of(VmId.of(TestGuest.VM_ID));
        try (AgentClient client = AgentClient.attach(Framing.STREAM, limit -> port.attach(), expected, LIMIT)) {
            assertThat(client.agent().protocol()).isEqualTo(1);
        }
    }

    @Test
    void anAgentThatNeverAnswersIsGivenUpInTime() {
        FakePort dead = new FakePort();
        assertThatExceptionOfType(AgentException.class)
                .isThrownBy(() -> AgentClient.attach(
                        Framing.STREAM, limit -> dead.attach(), Optional.empty(), Duration.ofMillis(200)))
                .withMessage("the guest's agent did not answer within 200 ms")
                .returns(AgentException.Reason.TIMED_OUT, AgentException::reason);
    }

    @Test
    void withNobodyAttachedTheAgentWaitsAndDoesNotAsk() throws Exception {
        attach().close();
        Await.until("the agent noticed", () -> port.ends.get() > 0);
        long ends = port.ends.get();
        long began = System.nanoTime();
        Await.until("time has passed", () -> System.nanoTime() - began > 300_000_000L);
        assertThat(port.ends.get()).isEqualTo(ends);
    }
}
