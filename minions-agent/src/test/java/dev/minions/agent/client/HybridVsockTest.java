package dev.minions.agent.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.Command;
import dev.minions.agent.client.AgentException.Reason;
import dev.minions.agent.client.ScriptedGuest.Line;
import dev.minions.agent.client.ScriptedGuest.Script;
import dev.minions.agent.guest.TestGuest;
import dev.minions.agent.protocol.Protocol;
import dev.minions.spi.GuestChannel.Framing;
import dev.minions.spi.GuestConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The handshake, over real Unix sockets, with what plays the VMM. */
@Timeout(30)
class HybridVsockTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final String CONNECT = "CONNECT 1024\n";

    @TempDir
    private Path directory;

    private @Nullable ScriptedGuest vmm;

    @AfterEach
    void stop() throws IOException {
        if (vmm != null) {
            vmm.close();
        }
    }

    private GuestConnection dial(Script script, Duration limit) throws IOException, InterruptedException {
        ScriptedGuest started = ScriptedGuest.start(directory, script);
        vmm = started;
        return HybridVsock.handshake(started.dialer().dial(LIMIT), Protocol.AGENT_PORT, limit);
    }

    private static void write(Line line, String text) throws IOException {
        line.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private void fails(Script script, Reason reason, String sentence) {
        assertThatExceptionOfType(AgentException.class)
                .isThrownBy(() -> dial(script, SHORT))
                .withMessage(sentence)
                .returns(reason, AgentException::reason);
    }

    @Test
    void whatFollowsTheLineIsTheGuests() throws Exception {
        Script script = line -> {
            assertThat(line.text(CONNECT.length())).isEqualTo(CONNECT);
            write(line, "OK 1073741824\nfrom the guest");
            write(line, line.text(5));
        };
        try (GuestConnection connection = dial(script, LIMIT)) {
            connection.output().write("again".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(connection.input().readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo("from the guestagain");
        }
    }

    @Test
    void aSilentEndIsThatNobodyListens() {
        fails(
                line -> line.text(CONNECT.length()),
                Reason.LOST,
                "vsock port 1024: the VMM ended the connection; nobody listens there");
    }

    @Test
    void aGuestThatNeverAnswersIsGivenUp() {
        fails(Line::fallSilent, Reason.TIMED_OUT, "nothing answered at vsock port 1024 within 200 ms");
    }

    @Test
    void halfALineIsGivenUp() {
        Script script = line -> {
            write(line, "OK 107");
            line.fallSilent();
        };
        fails(script, Reason.TIMED_OUT, "nothing answered at vsock port 1024 within 200 ms");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ERR 5", "OK", "OK x", "ok 5", "OK 5 ", "OK 99999999999", ""})
    void anotherAnswerIsSaid(String answer) {
        Script script = line -> {
            line.text(CONNECT.length());
            write(line, answer + "\n");
        };
        fails(script, Reason.PROTOCOL, "the VMM answered '" + answer + "' to CONNECT 1024");
    }

    @Test
    void anAnswerCannotReachATerminalAsMoreThanText() {
        Script script = line -> {
            line.text(CONNECT.length());
            write(line, "\u001b[2J\n");
        };
        fails(script, Reason.PROTOCOL, "the VMM answered '?[2J' to CONNECT 1024");
    }

    @Test
    void aLineWithoutEndIsNotReadOn() {
        Script script = line -> {
            line.text(CONNECT.length());
            write(line, "O".repeat(1000));
            line.fallSilent();
        };
        fails(script, Reason.LOST, "vsock port 1024: the VMM's answer is longer than 64 bytes");
    }

    @Test
    void theConnectionIsClosedWhereTheHandshakeFails() throws Exception {
        AtomicInteger ends = new AtomicInteger();
        Script script = line -> {
            line.fallSilent();
            ends.incrementAndGet();
        };
        fails(script, Reason.TIMED_OUT, "nothing answered at vsock port 1024 within 200 ms");
        dev.minions.agent.Await.until("the VMM sees the end", () -> ends.get() == 1);
    }

    @Test
    void aSocketThatIsNotThereIsSaid() {
        Path absent = directory.resolve("absent");
        assertThatExceptionOfType(AgentException.class)
                .isThrownBy(() -> UnixSockets.connect(absent, LIMIT))
                .withMessageContaining("connect to '" + absent + "': ")
                .returns(Reason.LOST, AgentException::reason);
    }

    @Test
    void anAgentBehindItIsReachedOnceItsGuestListens() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (TestGuest guest = TestGuest.start(directory)) {
            ScriptedGuest hybrid = ScriptedGuest.start(directory, line -> {
                line.text(CONNECT.length());
                if (calls.incrementAndGet() > 6) {
                    write(line, "OK 5\n");
                    line.joinTo(guest.dialer().dial(LIMIT));
                }
            });
            vmm = hybrid;
            AgentDialer dialer =
                    limit -> HybridVsock.handshake(hybrid.dialer().dial(limit), Protocol.AGENT_PORT, limit);
            try (AgentClient client = AgentClient.attach(Framing.CONNECTIONS, dialer, Optional.empty(), LIMIT)) {
                assertThat(client.legacy()).isFalse();
                assertThat(client.exec(Command.of("echo", "through"), 1000, LIMIT)
                                .stdout())
                        .isEqualTo("through\n");
            }
        }
    }
}
