package dev.minions.agent.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.agent.protocol.StreamData.Channel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessagesTest {
    private static final CommandSpec COMMAND =
            new CommandSpec("tar", List.of("-x", "ä ö"), Map.of("A", "b=c"), "/tmp", "bob", 1500);

    static Stream<Request> requests() {
        return Stream.of(
                new Request.HealthCheck(),
                new Request.ConfigureNetwork(
                        "10.0.0.2/16", "10.0.0.1", List.of("1.1.1.1"), "fd00::2/64", "fd00::1", "eth0"),
                new Request.Exec(COMMAND),
                new Request.ReportStatus(),
                new Request.WriteFile("/a", "text".getBytes(StandardCharsets.UTF_8), 0600, true, true),
                new Request.WriteFile("/a", new byte[] {0, -1}, null, false, false),
                new Request.Hello(1),
                new Request.ReadFile("/a", 5, 10),
                new Request.SetIdentity("web", List.of("ssh-ed25519 A"), true, true, new byte[] {1}),
                new Request.SyncTime(1_700_000_000_000L),
                new Request.Shutdown(true),
                new Request.Freeze(1500),
                new Request.Thaw(),
                new StreamRequest.ExecStart(COMMAND, true, 4096),
                new StreamRequest.ExecStdinClose(),
                new StreamRequest.ExecSignal(15),
                new StreamRequest.ExecClose(),
                new StreamRequest.Window(Channel.STDERR, 77));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void aRequestIsReadAsItWasWritten(Request request) throws ProtocolException {
        Fields fields = Fields.parse(payload(Request.encode(7, request)));
        assertThat(fields.optionalInt("id")).isEqualTo(7);
        assertThat(Request.parse(fields)).usingRecursiveComparison().isEqualTo(request);
    }

    @Test
    void whatIsLeftOutOfAnIdentityStaysLeftOut() throws ProtocolException {
        Request.SetIdentity nothing =
                (Request.SetIdentity) Objects.requireNonNull(Request.parse(fields("{\"type\":\"set_identity\"}")));
        assertThat(nothing.hostname()).isNull();
        assertThat(nothing.authorizedKeys()).isNull();
        assertThat(nothing.entropy()).isNull();
    }

    @Test
    void everyKindOfRequestIsAmongThoseTested() {
        Set<Class<?>> tested = requests().map(Object::getClass).collect(Collectors.toSet());
        Set<Class<?>> kinds = Stream.concat(
                        Arrays.stream(Request.class.getPermittedSubclasses()),
                        Arrays.stream(StreamRequest.class.getPermittedSubclasses()))
                .filter(kind -> !kind.isInterface())
                .collect(Collectors.toSet());
        assertThat(tested).isEqualTo(kinds);
    }

    @Test
    void answersAreReadAsTheyWereWritten() throws ProtocolException {
        Answer.Identity identity = new Answer.Identity(1, "1.2", "vm", "boot", Set.of("a", "b"), 1234);
        assertThat(Answer.Identity.read(written(identity))).isEqualTo(identity);
        Answer.Status status = new Answer.Status(1, 2, 3, 4, 5, 6.5, 7L, 8L, 0.25);
        assertThat(Answer.Status.read(written(status))).isEqualTo(status);
        Answer.Status old = new Answer.Status(1, 2, 3, 4, 5, null, null, null, null);
        assertThat(Answer.Status.read(written(old))).isEqualTo(old);
        Answer.Output output = new Answer.Output(-1, 9, true, new byte[] {'a'}, new byte[0], true);
        assertThat(Answer.Output.read(written(output)))
                .usingRecursiveComparison()
                .isEqualTo(output);
        Answer.Failed failed = new Answer.Failed(Failure.NOT_FOUND, "no");
        assertThat(Answer.failed(written(failed))).isEqualTo(failed);
        assertThat(Answer.failed(written(new Answer.Done(null)))).isNull();
    }

    @Test
    void sizesAreExactFromOurAgentAndRoundedFromAnExistingOne() throws ProtocolException {
        String rounded = "{\"uptime_secs\":1,\"memory_total_mb\":975,\"memory_used_mb\":120,"
                + "\"disk_total_gb\":9,\"disk_used_gb\":0";
        Answer.Status existing = Answer.Status.read(fields(rounded + "}"));
        assertThat(existing.memoryUsed()).isEqualTo(120L << 20);
        assertThat(existing.diskTotal()).isEqualTo(9L << 30);
        assertThat(existing.diskUsed()).isZero();
        Answer.Status ours = Answer.Status.read(fields(rounded + ",\"memory_total_bytes\":1022361600,"
                + "\"memory_used_bytes\":125829121,\"disk_total_bytes\":10000000000,\"disk_used_bytes\":314572801}"));
        assertThat(ours)
                .isEqualTo(new Answer.Status(
                        1, 1_022_361_600, 125_829_121, 10_000_000_000L, 314_572_801, null, null, null, null));
    }

    @Test
    void anAnswerOfAnExistingAgentIsUnderstood() throws ProtocolException {
        Fields health = fields("{\"status\":\"ok\",\"uptime_secs\":12,\"hostname\":\"web\",\"new\":{\"x\":[1]}}");
        assertThat(Answer.Health.read(health)).isEqualTo(new Answer.Health(12, "web", 0));
        Fields error = fields("{\"status\":\"error\",\"message\":\"no such thing\"}");
        assertThat(Answer.failed(error)).isEqualTo(new Answer.Failed(Failure.FAILED, "no such thing"));
    }

    @Test
    void eventsAreReadAsTheyWereWritten() throws ProtocolException {
        Event exit = new Event.ExecExit(137, 9, true);
        assertThat(Event.parse(Fields.parse(payload(Event.encode(3, exit))))).isEqualTo(exit);
        Event window = new Event.InputWindow(5);
        assertThat(Event.parse(Fields.parse(payload(Event.encode(3, window))))).isEqualTo(window);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "7",
                "{",
                "{\"type\":\"exec\"",
                "{\"type\":\"exec\"} x",
                "{\"type\":1}",
                "{\"type\":\"exec\",\"command\":\"\"}",
                "{\"type\":\"exec\",\"command\":\"a\",\"args\":[\"-rf\",5]}",
                "{\"type\":\"exec\",\"command\":\"a\",\"args\":\"b\"}",
                "{\"type\":\"exec\",\"command\":\"a\",\"command\":\"b\"}",
                "{\"type\":\"exec\",\"command\":\"a\\u0000\"}",
                "{\"type\":\"exec\",\"command\":\"a\",\"env\":{\"A=B\":\"c\"}}",
                "{\"type\":\"exec\",\"command\":\"a\",\"timeout_ms\":-1}",
                "{\"type\":\"exec_start\",\"command\":\"a\",\"window\":99999999999}",
                "{\"type\":\"write_file\",\"path\":\"/a\",\"content\":\"\",\"mode\":\"rw\"}",
                "{\"type\":\"window\",\"stream\":\"tty\",\"bytes\":1}",
                "{\"a\":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}"
            })
    void whatIsNoRequestIsRefusedInOneSentence(String text) {
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> Request.parse(fields(text)))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @Property(tries = 300)
    void noBytesAreReadAsAnythingButARequestOrAProtocolError(@ForAll @Size(max = 60) byte[] bytes) {
        try {
            Request.parse(Fields.parse(bytes));
        } catch (ProtocolException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    @Test
    void aRequestOfAnUnknownTypeIsToldApart() throws ProtocolException {
        assertThat(Request.parse(fields("{\"type\":\"dance\",\"tempo\":3}"))).isNull();
    }

    @Test
    void aModeIsANumberOrOctalText() throws ProtocolException {
        String start = "{\"type\":\"write_file\",\"path\":\"/a\",\"content\":\"x\",\"mode\":";
        assertThat(mode(start + "384}")).isEqualTo(0600);
        assertThat(mode(start + "\"0600\"}")).isEqualTo(0600);
        assertThat(mode(start + "null}")).isNull();
    }

    private static @Nullable Integer mode(String json) throws ProtocolException {
        return ((Request.WriteFile) Objects.requireNonNull(Request.parse(fields(json)))).mode();
    }

    @Test
    void aMessageTooLongForAFrameIsRefusedBeforeItIsSent() {
        Request request = new Request.WriteFile("/a", new byte[FrameReader.MAX_LENGTH], null, false, false);
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> Request.encode(1, request))
                .withMessageContaining("does not fit");
    }

    private static Fields written(Answer answer) throws ProtocolException {
        return Fields.parse(payload(Answer.encode(1, answer)));
    }

    private static Fields fields(String json) throws ProtocolException {
        return Fields.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] payload(byte[] frame) {
        return Arrays.copyOfRange(frame, 4, frame.length);
    }
}
