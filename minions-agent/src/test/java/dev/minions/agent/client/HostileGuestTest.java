package dev.minions.agent.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.minions.Command;
import dev.minions.ExitStatus;
import dev.minions.GuestFile;
import dev.minions.GuestStatus;
import dev.minions.VmId;
import dev.minions.agent.Await;
import dev.minions.agent.client.AgentException.Reason;
import dev.minions.agent.client.ScriptedGuest.Line;
import dev.minions.agent.client.ScriptedGuest.Script;
import dev.minions.agent.protocol.Answer;
import dev.minions.agent.protocol.Event;
import dev.minions.agent.protocol.Fields;
import dev.minions.agent.protocol.FrameReader;
import dev.minions.agent.protocol.Protocol;
import dev.minions.agent.protocol.StreamData;
import dev.minions.agent.protocol.StreamData.Channel;
import dev.minions.spi.GuestChannel.Framing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A guest that lies: the host ends in a bounded time, with one clear sentence, and says what a caller can do. */
@Timeout(30)
class HostileGuestTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    private Path directory;

    private @Nullable ScriptedGuest guest;
    private @Nullable AgentClient client;

    @AfterEach
    void stop() throws IOException {
        if (client != null) {
            client.close();
        }
        if (guest != null) {
            guest.close();
        }
    }

    /** What the host hears of it when it attaches. */
    private ScriptedGuest attaching(Script script, Reason reason, String sentence) throws IOException {
        ScriptedGuest liar = ScriptedGuest.start(directory, script);
        guest = liar;
        fails(
                () -> AgentClient.attach(Framing.CONNECTIONS, liar.dialer(), Optional.of(VmId.random()), SHORT),
                reason,
                sentence);
        return liar;
    }

    /** A guest that attaches well and lies afterwards. */
    private AgentClient attached(Script script) throws IOException, InterruptedException {
        ScriptedGuest liar = ScriptedGuest.greeting(directory, script);
        guest = liar;
        AgentClient attached = AgentClient.attach(Framing.CONNECTIONS, liar.dialer(), Optional.empty(), LIMIT);
        client = attached;
        return attached;
    }

    private static void fails(ThrowingCallable call, Reason reason, String sentence) {
        assertThatExceptionOfType(AgentException.class)
                .isThrownBy(call)
                .withMessageContaining(sentence)
                .returns(reason, AgentException::reason)
                .satisfies(e -> assertThat(e.getMessage())
                        .doesNotContainPattern("\\p{Cntrl}")
                        .hasSizeLessThan(400));
    }

    @ParameterizedTest
    @ValueSource(ints = {FrameReader.MAX_LENGTH + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void aFrameThatClaimsToBeHugeIsNotWaitedFor(int length) throws IOException {
        attaching(
                line -> {
                    line.frame(length, new byte[100]);
                    line.fallSilent();
                },
                Reason.PROTOCOL,
                "did not answer as it must within 300 ms: a frame claims " + Integer.toUnsignedString(length)
                        + " bytes; 1048576 are the most");
    }

    @Test
    void silenceIsNotWaitedForLongerThanTheLimit() throws IOException {
        attaching(
                Line::fallSilent,
                Reason.TIMED_OUT,
                "the guest's agent did not answer within 300 ms: the guest's agent");
    }

    @Test
    void aGuestThatHangsUpIsTriedAgainUntilTheLimit() throws Exception {
        ScriptedGuest liar = attaching(line -> {}, Reason.TIMED_OUT, "did not answer within 300 ms: the ");
        assertThat(liar.connections.get()).isBetween(2, 100);
    }

    @Test
    void halfAFrameIsNotWaitedForLongerThanTheLimit() throws IOException {
        attaching(
                line -> {
                    line.frame(1000, new byte[500]);
                    line.fallSilent();
                },
                Reason.TIMED_OUT,
                "did not answer within 300 ms");
    }

    @Test
    void aFrameThatDribblesInIsNotWaitedForLongerThanTheLimit() throws IOException {
        attaching(
                line -> {
                    line.frame(1_000_000, new byte[0]);
                    while (true) {
                        line.write(new byte[] {' '});
                    }
                },
                Reason.TIMED_OUT,
                "did not answer within 300 ms");
    }

    @Test
    void endlessNestingIsNoAnswer() throws IOException {
        attaching(
                line -> {
                    line.say("{\"a\":" + "[".repeat(FrameReader.MAX_LENGTH - 10));
                    line.fallSilent();
                },
                Reason.PROTOCOL,
                "is not JSON: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"status\":\"ok\",\"id\":ID}",
                "{\"status\":7,\"id\":ID}",
                "{\"status\":\"ok\",\"protocol\":\"1\",\"id\":ID}",
                "{\"status\":\"ok\",\"protocol\":-1,\"version\":\"\",\"boot_id\":\"\",\"uptime_ms\":1,\"id\":ID}",
                "{\"status\":\"ok\",\"protocol\":1,\"version\":[],\"boot_id\":\"\",\"uptime_ms\":1,\"id\":ID}",
                "{\"status\":\"ok\",\"protocol\":99999999999999999999,\"id\":ID}",
                "{\"status\":\"ok\",\"id\":-ID}",
                "{\"type\":7}",
                "[]",
                "\u001b[2J"
            })
    void anAnswerToHelloThatIsNoneIsToldFromSilence(String answer) throws IOException {
        attaching(
                line -> {
                    line.answer(answer);
                    line.fallSilent();
                },
                Reason.PROTOCOL,
                "did not answer as it must within 300 ms: ");
    }

    @Test
    void anotherGuestIsLeftAloneAtOnceAndItsNameCannotReachATerminal() throws IOException {
        ScriptedGuest liar = attaching(
                line -> line.answer(
                        "{\"status\":\"ok\",\"protocol\":1,\"version\":\"\",\"vm_id\":\"\\u001b[31m\\u009b1\\n\","
                                + "\"boot_id\":\"\",\"uptime_ms\":1,\"id\":ID}"),
                Reason.WRONG_GUEST,
                "the guest that answers is VM '?[31m?1?', not VM '");
        assertThat(liar.connections).hasValue(1);
    }

    @Test
    void aStreamWithoutEndThatNeverAttachesIsGivenUp() throws IOException {
        byte[] noise = new byte[64 * 1024];
        ScriptedGuest liar = ScriptedGuest.start(directory, line -> {
            while (true) {
                line.write(noise);
            }
        });
        guest = liar;
        fails(
                () -> AgentClient.attach(Framing.STREAM, liar.dialer(), Optional.empty(), SHORT),
                Reason.TIMED_OUT,
                "the guest's agent did not answer within 300 ms");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"status\":\"ok\",\"id\":ID}",
                "{\"status\":null,\"id\":ID}",
                "{\"status\":true,\"id\":ID}",
                "{\"status\":\"ok\",\"uptime_secs\":\"1\",\"hostname\":\"a\",\"id\":ID}",
                "{\"status\":\"ok\",\"uptime_secs\":1,\"hostname\":7,\"id\":ID}",
                "{\"status\":\"ok\",\"uptime_secs\":1.5,\"hostname\":\"a\",\"id\":ID}",
                "{\"status\":\"ok\",\"uptime_secs\":-1,\"hostname\":\"a\",\"id\":ID}",
                "{\"status\":\"ok\",\"uptime_secs\":9223372036854775807,\"hostname\":\"a\",\"id\":ID}",
                "{\"status\":\"ok\",\"uptime_secs\":99999999999999999999,\"hostname\":\"a\",\"id\":ID}",
                "{\"status\":\"ok\",\"status\":\"ok\",\"id\":ID}",
                "{\"status\":\"ok\",\"id\":ID",
                "{\"status\":\"ok\",\"id\":ID}{}",
                "{\"status\":tru\u001b[2Je,\"id\":ID}",
                ""
            })
    void anAnswerThatIsNoneEndsTheConnection(String answer) throws Exception {
        AgentClient attached = attached(line -> {
            line.answer(answer);
            line.fallSilent();
        });
        fails(() -> attached.health(LIMIT), Reason.PROTOCOL, "");
        assertThat(attached.isOpen()).isFalse();
        fails(() -> attached.health(LIMIT), Reason.PROTOCOL, "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"memory_total_mb\":-1,\"disk_total_gb\":1",
                "\"memory_total_mb\":9223372036854775807,\"disk_total_gb\":1",
                "\"memory_total_mb\":1,\"disk_total_gb\":9223372036854775807",
                "\"memory_total_mb\":1,\"disk_total_gb\":\"1\"",
                "\"memory_total_mb\":1,\"disk_total_gb\":1,\"disk_used_bytes\":-1",
            })
    void figuresThatCannotBeAreNoStatus(String figures) throws Exception {
        AgentClient attached = attached(line -> {
            line.answer("{\"status\":\"ok\",\"uptime_secs\":1,\"hostname\":\"a\",\"id\":ID}");
            line.answer("{\"status\":\"ok\",\"uptime_secs\":1,\"memory_used_mb\":1,\"disk_used_gb\":1," + figures
                    + ",\"id\":ID}");
            line.fallSilent();
        });
        fails(() -> attached.status(LIMIT), Reason.PROTOCOL, "did not answer 'report_status' as it must: ");
    }

    @Test
    void whatCannotBeAmongTheFiguresAnAgentMayLeaveOutIsLeftOut() throws Exception {
        AgentClient attached = attached(line -> {
            line.answer("{\"status\":\"ok\",\"uptime_secs\":1,\"hostname\":\"a\\u001b]0;x\\u0007\",\"id\":ID}");
            line.answer("{\"status\":\"ok\",\"uptime_secs\":1,\"memory_total_mb\":1,\"memory_used_mb\":1,"
                    + "\"disk_total_gb\":1,\"disk_used_gb\":1,\"cpu_usage_percent\":1e999,\"load_avg_1m\":-1,"
                    + "\"network_rx_bytes\":-5,\"network_tx_bytes\":5,\"id\":ID}");
            line.fallSilent();
        });
        GuestStatus status = attached.status(LIMIT);
        assertThat(status.hostname()).isEqualTo("a?]0;x?");
        assertThat(status.cpuPercent()).isEmpty();
        assertThat(status.loadAverage()).isEmpty();
        assertThat(status.networkReceived()).isEmpty();
        assertThat(status.networkSent()).hasValue(5);
    }

    @Test
    void aReasonFromTheGuestCannotReachATerminalAsMoreThanText() throws Exception {
        AgentClient attached = attached(line -> {
            line.answer("{\"status\":\"error\",\"message\":\"\\u001b[2J\\u202egnp.exe\\u2028\\r\\n" + "x".repeat(5000)
                    + "\",\"code\":\"no_such_code\",\"id\":ID}");
            line.fallSilent();
        });
        fails(() -> attached.health(LIMIT), Reason.REFUSED, "?[2J?gnp.exe???xxx");
        assertThat(attached.isOpen()).isTrue();
    }

    @Test
    void answersToWhatWasNeverAskedAreNothing() throws Exception {
        AgentClient attached = attached(line -> {
            int id = line.request().integer("id");
            for (int other = id + 1; other < id + 1000; other++) {
                line.write(Answer.encode(other, new Answer.Health(7, "wrong", 1)));
            }
            line.write(Answer.encode(null, new Answer.Health(7, "wrong", 1)));
            line.say("{\"type\":\"rumour\",\"id\":" + id + "}");
            line.write(Event.encode(id, new Event.ExecExit(7, null, false)));
            line.write(StreamData.encode(Channel.STDOUT, id, new byte[10], 0, 10));
            line.write(Answer.encode(id, new Answer.Health(7, "right", 1)));
            line.fallSilent();
        });
        assertThat(attached.health(LIMIT).hostname()).isEqualTo("right");
    }

    @Test
    void aCallThatIsNotAnsweredHoldsUpNoOther() throws Exception {
        AgentClient attached = attached(line -> {
            line.request();
            line.answer("{\"status\":\"ok\",\"uptime_secs\":1,\"hostname\":\"a\",\"id\":ID}");
            line.fallSilent();
        });
        fails(() -> attached.health(SHORT), Reason.TIMED_OUT, "did not answer 'health_check' within 300 ms");
        assertThat(attached.health(LIMIT).hostname()).isEqualTo("a");
    }

    @Test
    void halfAnAnswerIsNotWaitedForLongerThanTheLimit() throws Exception {
        AgentClient attached = attached(line -> {
            line.request();
            line.frame(100, "{\"status\":".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            line.fallSilent();
        });
        fails(() -> attached.health(SHORT), Reason.TIMED_OUT, "did not answer 'health_check' within 300 ms");
    }

    @Test
    void aGuestThatHangsUpInTheMiddleOfAnAnswerIsLost() throws Exception {
        AgentClient attached = attached(line -> {
            line.request();
            line.frame(100, new byte[50]);
        });
        fails(() -> attached.health(LIMIT), Reason.PROTOCOL, "the stream ended after 50 of 100 bytes of a frame");
    }

    @Test
    void aGuestThatTakesNothingIsSaidToDoSo() throws Exception {
        AgentClient attached = attached(line -> Thread.currentThread().join());
        byte[] much = new byte[GuestFile.MAX_SIZE];
        for (int i = 0; i < 4; i++) {
            assertThatExceptionOfType(AgentException.class)
                    .isThrownBy(() -> attached.writeFile(GuestFile.bytes("/a", much), Duration.ofMillis(50)))
                    .returns(Reason.TIMED_OUT, AgentException::reason);
        }
        fails(
                () -> attached.health(SHORT),
                Reason.TIMED_OUT,
                "the guest took nothing of what was sent to it within 300");
    }

    /** Starts the command that the host asks for and answers its id. */
    private static int start(Line line) throws IOException {
        int id = line.request().integer("id");
        line.write(Answer.encode(id, new Answer.Started(1, 1024)));
        return id;
    }

    @Test
    void moreOutputThanWasGrantedEndsTheConnectionAndNeedsNoMemory() throws Exception {
        AgentClient attached = attached(line -> {
            int id = start(line);
            byte[] data = new byte[StreamData.MAX_DATA];
            while (true) {
                line.write(StreamData.encode(Channel.STDOUT, id, data, 0, data.length));
            }
        });
        AgentProcess process = attached.start(Command.of("yes"), LIMIT);
        fails(
                () -> process.waitFor(LIMIT),
                Reason.PROTOCOL,
                "the guest sent more of a command's output than it was granted");
        assertThat(process.stdout().available()).isLessThanOrEqualTo(Protocol.STREAM_WINDOW);
        assertThatIOException().isThrownBy(() -> process.stdout().readAllBytes());
        assertThat(attached.isOpen()).isFalse();
    }

    @Test
    void aSlowReaderNeverGrantsMoreThanTheWindow() throws Exception {
        AtomicLong most = new AtomicLong();
        long total = 4L << 20;
        AgentClient attached = attached(line -> {
            Fields request = line.request();
            int id = request.integer("id");
            long credit = request.integer("window");
            line.write(Answer.encode(id, new Answer.Started(1, 1024)));
            byte[] data = new byte[StreamData.MAX_DATA];
            for (long left = total; left > 0; ) {
                while (credit == 0) {
                    credit += line.request().integer("bytes");
                }
                most.accumulateAndGet(credit, Math::max);
                int count = (int) Math.min(Math.min(credit, data.length), left);
                line.write(StreamData.encode(Channel.STDOUT, id, data, 0, count));
                credit -= count;
                left -= count;
            }
            line.write(StreamData.encode(Channel.STDOUT, id, data, 0, 0));
            line.fallSilent();
        });
        AgentProcess process = attached.start(Command.of("yes"), LIMIT);
        InputStream stdout = process.stdout();
        byte[] chunk = new byte[1000];
        long read = 0;
        for (int n = stdout.read(chunk); n >= 0; n = stdout.read(chunk)) {
            read += n;
            assertThat(stdout.available()).isLessThanOrEqualTo(Protocol.STREAM_WINDOW);
        }
        assertThat(read).isEqualTo(total);
        assertThat(most.get()).isLessThanOrEqualTo(Protocol.STREAM_WINDOW);
    }

    @Test
    void outputWithoutEndIsCollectedNoLongerThanTheLimit() throws Exception {
        AgentClient attached = attached(line -> {
            int id = start(line);
            byte[] data = new byte[16 * 1024];
            long credit = Protocol.STREAM_WINDOW;
            while (true) {
                line.write(StreamData.encode(Channel.STDOUT, id, data, 0, data.length));
                for (credit -= data.length; credit < data.length; ) {
                    credit += line.request().integer("bytes");
                }
            }
        });
        fails(
                () -> attached.exec(Command.of("yes"), 1000, SHORT),
                Reason.TIMED_OUT,
                "the command did not end within 300 ms");
    }

    @Test
    void aCommandThatEndedButWhoseOutputNeverDoesIsGivenUp() throws Exception {
        AgentClient attached = attached(line -> {
            int id = start(line);
            line.write(Event.encode(id, new Event.ExecExit(7, null, false)));
            line.fallSilent();
        });
        assertThat(attached.exec(Command.of("true"), 1000, LIMIT).status()).isEqualTo(ExitStatus.exited(7));
    }

    @Test
    void aCommandEndsOnceWhateverIsSaidAfterwards() throws Exception {
        AgentClient attached = attached(line -> {
            int id = start(line);
            line.write(Event.encode(id, new Event.ExecExit(7, null, false)));
            line.write(Event.encode(id, new Event.ExecExit(0, 9, true)));
            line.write(StreamData.encode(Channel.STDOUT, id, new byte[0], 0, 0));
            line.write(StreamData.encode(Channel.STDERR, id, new byte[0], 0, 0));
            line.answer("{\"status\":\"ok\",\"uptime_secs\":1,\"hostname\":\"a\",\"id\":ID}");
            line.fallSilent();
        });
        AgentProcess process = attached.start(Command.of("true"), LIMIT);
        attached.health(LIMIT);
        assertThat(process.waitFor(LIMIT)).contains(ExitStatus.exited(7));
    }

    @Test
    void outputAfterItsEndEndsTheConnection() throws Exception {
        AgentClient attached = attached(line -> {
            int id = start(line);
            line.write(StreamData.encode(Channel.STDERR, id, new byte[0], 0, 0));
            line.write(StreamData.encode(Channel.STDERR, id, new byte[1], 0, 1));
            line.fallSilent();
        });
        AgentProcess process = attached.start(Command.of("true"), LIMIT);
        fails(() -> process.waitFor(LIMIT), Reason.PROTOCOL, "more of a command's output than it was granted");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"exec_exit\",\"exit_code\":\"0\",\"id\":ID}",
                "{\"type\":\"exec_exit\",\"exit_code\":-1,\"id\":ID}",
                "{\"type\":\"exec_exit\",\"id\":ID}",
                "{\"type\":\"window\",\"bytes\":-5,\"id\":ID}",
                "{\"type\":\"window\",\"bytes\":99999999999,\"id\":ID}",
                "{\"id\":ID}",
                "\u0001"
            })
    void anEventThatIsNoneEndsTheConnection(String event) throws Exception {
        AgentClient attached = attached(line -> {
            int id = start(line);
            line.say(event.replace("ID", Integer.toString(id)));
            line.fallSilent();
        });
        AgentProcess process = attached.start(Command.of("true"), LIMIT);
        fails(() -> process.waitFor(LIMIT), Reason.PROTOCOL, "");
        assertThat(attached.isOpen()).isFalse();
    }

    @Test
    void aFileThatGrowsWhileItIsReadEndsAtWhatTheCallerTakes() throws Exception {
        AgentClient attached = attached(line -> {
            while (true) {
                Fields request = line.request();
                byte[] piece = new byte[request.integer("limit")];
                line.write(Answer.encode(request.integer("id"), new Answer.FileContent(1, piece)));
            }
        });
        fails(() -> attached.readFile("/a", 1_000_000, LIMIT), Reason.REFUSED, "is longer than 1000000 bytes");
    }

    @Test
    void aPieceOfAFileThatIsLongerThanAskedIsRefused() throws Exception {
        AgentClient attached = attached(line -> {
            int id = line.request().integer("id");
            line.write(Answer.encode(id, new Answer.FileContent(1, new byte[700_000])));
            line.fallSilent();
        });
        fails(() -> attached.readFile("/a", 1000, LIMIT), Reason.REFUSED, "is longer than 1000 bytes");
    }

    @Test
    void theReaderAndTheWriterOfAConnectionEndWithIt() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        attached(Line::fallSilent).close();
        Await.until(
                "no thread is left",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread ->
                                !before.contains(thread) && thread.getName().startsWith("minions-agent-")));
    }
}
