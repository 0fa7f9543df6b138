package dev.minions.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.agent.Await;
import dev.minions.agent.client.UnixSockets;
import dev.minions.agent.protocol.Fields;
import dev.minions.agent.protocol.FrameReader;
import dev.minions.spi.GuestConnection;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The real agent and hosts that know nothing of ours: raw frames, no {@code hello}, no {@code id}. */
@Timeout(30)
class LegacyHostTest {
    @TempDir
    private Path directory;

    private TestGuest guest;

    @BeforeEach
    void start() throws Exception {
        guest = TestGuest.start(directory);
    }

    @AfterEach
    void stop() throws IOException {
        guest.close();
    }

    /** A host's connection. */
    private final class Host implements AutoCloseable {
        private final SocketChannel channel;
        private final DataInputStream input;
        private final DataOutputStream output;

        Host() throws IOException {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(guest.socket()));
            GuestConnection connection = UnixSockets.over(channel);
            input = new DataInputStream(connection.input());
            output = new DataOutputStream(connection.output());
        }

        void send(String json) throws IOException {
            byte[] payload = json.getBytes(StandardCharsets.UTF_8);
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            DataOutputStream data = new DataOutputStream(frame);
            data.writeInt(payload.length);
            data.write(payload);
            output.write(frame.toByteArray());
        }

        String answer() throws IOException {
            int length = input.readInt();
            assertThat(length).isBetween(2, FrameReader.MAX_LENGTH);
            return new String(input.readNBytes(length), StandardCharsets.UTF_8);
        }

        String ask(String json) throws IOException {
            send(json);
            return answer();
        }

        boolean isEnded() throws IOException {
            return input.read() < 0;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** One request on a connection of its own, as those hosts do it. */
    private String ask(String json) throws IOException {
        try (Host host = new Host()) {
            return host.ask(json);
        }
    }

    private String sh(String script) throws IOException {
        return ask("{\"type\":\"exec\",\"command\":\"sh\",\"args\":[\"-c\",\"" + script + "\"]}");
    }

    private static Fields fields(String json) throws IOException {
        return Fields.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void healthCheckIsAnsweredInItsShape() throws IOException {
        assertThat(ask("{\"type\":\"health_check\"}"))
                .isEqualTo("{\"status\":\"ok\",\"uptime_secs\":12,\"hostname\":\"guest\",\"protocol\":1}");
    }

    @Test
    void configureNetworkIsAnsweredInItsShape() throws IOException {
        Files.createDirectories(guest.file("/sys/class/net/eth0/device"));
        assertThat(ask("{\"type\":\"configure_network\",\"ip\":\"10.0.0.2/16\",\"gateway\":\"10.0.0.1\","
                        + "\"dns\":[\"1.1.1.1\"]}"))
                .isEqualTo("{\"status\":\"ok\",\"message\":\"configured eth0 with 10.0.0.2/16\"}");
    }

    @Test
    void execIsAnsweredInItsShape() throws IOException {
        assertThat(sh("echo out; echo err >&2; exit 3"))
                .isEqualTo("{\"status\":\"ok\",\"exit_code\":3,\"stdout\":\"out\\n\",\"stderr\":\"err\\n\"}");
    }

    @Test
    void reportStatusIsAnsweredInItsShape() throws IOException {
        Files.createDirectories(guest.file("/sys/class/net/eth0/device"));
        Files.createDirectories(guest.file("/sys/class/net/eth0/statistics"));
        Files.writeString(guest.file("/sys/class/net/eth0/statistics/rx_bytes"), "1000\n");
        Files.writeString(guest.file("/sys/class/net/eth0/statistics/tx_bytes"), "2000\n");
        assertThat(ask("{\"type\":\"report_status\"}"))
                .matches("\\{\"status\":\"ok\",\"uptime_secs\":12,\"memory_total_mb\":2048,\"memory_used_mb\":1024,"
                        + "\"disk_total_gb\":\\d+,\"disk_used_gb\":\\d+,\"cpu_usage_percent\":\\d+\\.\\d,"
                        + "\"load_avg_1m\":0\\.25,\"network_rx_bytes\":1000,\"network_tx_bytes\":2000,"
                        + "\"memory_total_bytes\":2147483648,\"memory_used_bytes\":1073741824,"
                        + "\"disk_total_bytes\":\\d+,\"disk_used_bytes\":\\d+\\}");
    }

    @Test
    void writeFileIsAnsweredInItsShape() throws IOException {
        assertThat(ask("{\"type\":\"write_file\",\"path\":\"/etc/motd\",\"content\":\"hällo\",\"mode\":384,"
                        + "\"append\":false}"))
                .isEqualTo("{\"status\":\"ok\",\"message\":\"wrote 6 bytes to '/etc/motd'\"}");
        assertThat(guest.file("/etc/motd")).hasContent("hällo");
    }

    @Test
    void anErrorIsAnsweredInItsShape() throws IOException {
        assertThat(ask("{\"type\":\"exec\",\"command\":\"no-such-command\",\"args\":[]}"))
                .isEqualTo("{\"status\":\"error\",\"message\":\"command 'no-such-command' is not in the guest\","
                        + "\"code\":\"not_found\"}");
    }

    @Test
    void fieldsItDoesNotKnowAreIgnoredWhateverTheyHold() throws IOException {
        assertThat(ask(
                        "{\"trace\":{\"spans\":[1,{\"a\":null}]},\"type\":\"health_check\",\"huge\":18446744073709551616,"
                                + "\"tiny\":1e-999,\"no\":null,\"yes\":true}"))
                .contains("\"status\":\"ok\"");
    }

    @Test
    void anUnknownTypeIsAnErrorAndTheConnectionGoesOn() throws IOException {
        try (Host host = new Host()) {
            assertThat(host.ask("{\"type\":\"dance\"}"))
                    .isEqualTo("{\"status\":\"error\",\"message\":\"this agent does not know 'dance'\","
                            + "\"code\":\"unknown_type\"}");
            assertThat(host.ask("{\"type\":\"health_check\"}")).contains("\"uptime_secs\"");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not json",
                "{\"type\":\"health_check\"",
                "[\"health_check\"]",
                "{\"type\":7}",
                "{}",
                "{\"type\":\"exec\",\"command\":\"sh\",\"args\":\"-c\"}",
                "{\"type\":\"exec\"}",
                "{\"type\":\"write_file\",\"path\":\"/a\"}",
                "{\"type\":\"exec_start\",\"command\":\"sh\",\"window\":1}",
                "{\"type\":\"health_check\",\"a\":\"\\u00",
                "{\"type\":\"health_check\",\"id\":-1}"
            })
    void badJsonIsAnErrorAndTheConnectionGoesOn(String json) throws IOException {
        try (Host host = new Host()) {
            assertThat(host.ask(json)).contains("\"status\":\"error\"", "\"code\":\"bad_request\"");
            assertThat(host.ask("{\"type\":\"health_check\"}")).contains("\"uptime_secs\"");
        }
    }

    @Test
    void endlessNestingIsAnErrorAndTheConnectionGoesOn() throws IOException {
        try (Host host = new Host()) {
            assertThat(host.ask("{\"a\":" + "[".repeat(1_000_000))).contains("\"status\":\"error\"");
            assertThat(host.ask("{\"type\":\"health_check\"}")).contains("\"uptime_secs\"");
        }
    }

    @Test
    void aFrameAboveTheLimitEndsTheConnectionAndNoOther() throws IOException {
        try (Host host = new Host();
                Host other = new Host()) {
            host.output.writeInt(FrameReader.MAX_LENGTH + 1);
            assertThat(host.isEnded()).isTrue();
            assertThat(other.ask("{\"type\":\"health_check\"}")).contains("\"uptime_secs\"");
        }
    }

    @Test
    void aFrameOfExactlyTheLimitIsServed() throws IOException {
        String start = "{\"type\":\"health_check\",\"padding\":\"";
        String request = start + "x".repeat(FrameReader.MAX_LENGTH - start.length() - 2) + "\"}";
        assertThat(ask(request)).contains("\"uptime_secs\"");
    }

    @Test
    void answersComeInTheOrderOfTheRequestsThoseToBadOnesToo() throws IOException {
        try (Host host = new Host()) {
            host.send("{\"type\":\"exec\",\"command\":\"sh\",\"args\":[\"-c\",\"sleep 0.3; echo first\"]}");
            host.send("{\"type\":\"dance\"}");
            host.send("not json");
            host.send("{\"type\":\"health_check\"}");
            assertThat(host.answer()).contains("first");
            assertThat(host.answer()).contains("unknown_type");
            assertThat(host.answer()).contains("bad_request");
            assertThat(host.answer()).contains("uptime_secs");
        }
    }

    @Test
    void aHostThatHasClosedItsHalfStillGetsItsAnswer() throws IOException {
        try (Host host = new Host()) {
            host.send("{\"type\":\"exec\",\"command\":\"sh\",\"args\":[\"-c\",\"sleep 0.2; echo late\"]}");
            host.channel.shutdownOutput();
            assertThat(host.answer()).contains("late");
            assertThat(host.isEnded()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"kill -9 $$,9", "kill -TERM $$,15", "kill -SEGV $$,11"})
    void aCommandThatASignalEndedHasNoExitCode(String script, int signal) throws IOException {
        assertThat(sh(script))
                .isEqualTo("{\"status\":\"ok\",\"exit_code\":-1,\"stdout\":\"\",\"stderr\":\"\",\"signal\":" + signal
                        + "}");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 126, 127, 255})
    void anExitCodeArrivesAsItIs(int code) throws IOException {
        assertThat(fields(sh("exit " + code)).number("exit_code")).isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\\\\0", "\\\\001", "\\\\377", "\\\\042"})
    void twoOutputsOfAnyLengthAndAnyBytesFitOneAnswer(String filling) throws IOException {
        Fields answer = fields(sh("head -c 3000000 /dev/zero | tr '\\\\0' '" + filling + "' | tee /dev/stderr"));
        assertThat(answer.bool("truncated")).isTrue();
        assertThat(answer.number("exit_code")).isZero();
        String stdout = answer.string("stdout");
        String stderr = answer.string("stderr");
        assertThat(stdout).endsWith(" bytes more]\n").hasSizeGreaterThan(60_000);
        assertThat(stderr).endsWith(" bytes more]\n").hasSizeGreaterThan(60_000);
    }

    @Test
    void anOutputOfHalfAMebibyteIsWholeBesideAShortOne() throws IOException {
        Fields answer = fields(sh("head -c 524288 /dev/zero | tr '\\\\0' x; echo err >&2"));
        assertThat(answer.string("stdout")).hasSize(524_288);
        assertThat(answer.string("stderr")).isEqualTo("err\n");
        assertThat(answer.bool("truncated")).isFalse();
    }

    @Test
    void aCutOutputSaysHowMuchIsMissing() throws IOException {
        Fields answer = fields(sh("head -c 2000000 /dev/zero | tr '\\\\0' x"));
        String stdout = answer.string("stdout");
        int kept = stdout.lastIndexOf('x') + 1;
        assertThat(kept).isGreaterThan(500_000);
        assertThat(stdout.substring(kept)).isEqualTo("\n[output truncated: " + (2_000_000 - kept) + " bytes more]\n");
    }

    @Test
    void longCommandsHoldUpNoOther() throws Exception {
        List<Host> waiting = new ArrayList<>();
        Path stop = directory.resolve("stop");
        try {
            for (int i = 0; i < 8; i++) {
                Host host = new Host();
                waiting.add(host);
                Path started = directory.resolve("started-" + i);
                host.send("{\"type\":\"exec\",\"command\":\"sh\",\"args\":[\"-c\",\"touch " + started + "; until [ -e "
                        + stop + " ]; do sleep 0.05; done; echo stopped\"]}");
                Await.until("command " + i + " runs", () -> Files.exists(started));
            }
            assertThat(sh("echo through")).contains("through");
            Files.createFile(stop);
            for (Host host : waiting) {
                assertThat(host.answer()).contains("stopped");
            }
        } finally {
            for (Host host : waiting) {
                host.close();
            }
        }
    }

    @Test
    void manyLargeOutputsAtOnceAllArriveWhole() throws Exception {
        List<Host> hosts = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                Host host = new Host();
                hosts.add(host);
                host.send("{\"type\":\"exec\",\"command\":\"sh\",\"args\":[\"-c\","
                        + "\"head -c 400000 /dev/zero | tr '\\\\0' x | tee /dev/stderr\"]}");
            }
            for (Host host : hosts) {
                Fields answer = fields(host.answer());
                assertThat(answer.string("stdout")).hasSize(400_000);
                assertThat(answer.string("stderr")).hasSize(400_000);
                assertThat(answer.bool("truncated")).isFalse();
            }
        } finally {
            for (Host host : hosts) {
                host.close();
            }
        }
    }

    @Test
    void moreConnectionsThanItServesAtOnceAreServedOneAfterAnother() throws Exception {
        for (int i = 0; i < 100; i++) {
            assertThat(ask("{\"type\":\"health_check\"}")).contains("uptime_secs");
        }
    }

    @Test
    void aHostThatVanishesInTheMiddleOfAFrameLeavesTheAgentServing() throws Exception {
        for (int i = 0; i < 100; i++) {
            try (Host host = new Host()) {
                host.output.writeInt(1000);
                host.output.write(new byte[500]);
            }
        }
        Await.until("served", () -> ask("{\"type\":\"health_check\"}").contains("uptime_secs"));
    }

    @Test
    void aTimeLimitOfANewerHostIsKeptInTheCompatibleAnswerToo() throws Exception {
        try (Host host = new Host()) {
            host.send("{\"type\":\"exec\",\"command\":\"sleep\",\"args\":[\"1000\"],\"timeout_ms\":300}");
            assertThat(host.answer()).contains("\"exit_code\":-1", "\"timed_out\":true");
        }
    }
}
