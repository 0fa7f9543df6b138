package dev.minions.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.VmState;
import dev.minions.cli.CliFixture.Outcome;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code exec} and {@code run}. */
class GuestCommandsTest {
    @TempDir
    private Path directory;

    private CliFixture cli;

    @BeforeEach
    void setUp() {
        cli = new CliFixture(directory);
        cli.run("create", "web");
    }

    @Test
    void bothOutputsComeToOurs() {
        assertThat(cli.run("exec", "web", "both")).isEqualTo(new Outcome(0, "to stdout\n", "to stderr\n"));
        assertThat(cli.run("exec", "web", "--", "echo", "-n", "--json")).isEqualTo(new Outcome(0, "-n --json\n", ""));
    }

    @Test
    void ourInputGoesToTheCommandByteForByte() {
        byte[] bytes = new byte[300_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) ((i * 31) >> 3);
        }
        cli.in = new ByteArrayInputStream(bytes);
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        cli.out = new OutputStream() {
            @Override
            public void write(int b) {
                kept.write(b);
            }
        };
        assertThat(cli.run("exec", "web", "cat").code()).isZero();
        assertThat(kept.toByteArray()).isEqualTo(bytes);
    }

    @Test
    void withoutInputTheCommandSeesItsEnd() {
        cli.in = new ByteArrayInputStream("not for it".getBytes(StandardCharsets.UTF_8));
        assertThat(cli.run("exec", "web", "--no-stdin", "cat")).isEqualTo(new Outcome(0, "", ""));
    }

    @Test
    void anOutputOfAnySizePassesThroughBoundedMemory() {
        long size = 2L << 30;
        AtomicLong count = new AtomicLong();
        cli.out = new OutputStream() {
            @Override
            public void write(int b) {
                count.incrementAndGet();
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                count.addAndGet(length);
            }
        };
        assertThat(cli.run("exec", "web", "flood", String.valueOf(size)).code()).isZero();
        assertThat(count).hasValue(size);
    }

    @Test
    void environmentDirectoryUserAndTimeoutReachTheGuest() {
        Outcome outcome = cli.run(
                "exec",
                "-e",
                "A=b=c",
                "web",
                "--env",
                "D=",
                "--workdir",
                "/srv",
                "--user",
                "www",
                "--timeout",
                "5m",
                "env");
        assertThat(outcome.out()).isEqualTo("{A=b=c, D=}\nOptional[/srv] Optional[www] Optional[PT5M]\n");
    }

    @ParameterizedTest
    @CsvSource({"exit 0,0", "exit 3,3", "exit 255,255", "missing,127", "notexec,126", "--timeout 1s sleep,124"})
    void theGuestsCodeIsPassedOn(String words, int code) {
        assertThat(cli.run(("exec web " + words).split(" ")).code()).isEqualTo(code);
        assertThat(cli.run(("run debian " + words).split(" ")).code()).isEqualTo(code);
    }

    @Test
    void aFailureOfOursIsToldFromTheGuestsCodes() {
        assertThat(cli.run("exec", "nobody", "true").code()).isEqualTo(Exit.OURS);
        cli.minions.vm("web").state(VmState.STOPPED);
        assertThat(cli.run("exec", "web", "true"))
                .isEqualTo(new Outcome(125, "", "minions: exec in vm 'web': it is STOPPED; start it first\n"));
        assertThat(cli.run("run", "broken", "true").code()).isEqualTo(Exit.OURS);
        assertThat(cli.run("run", "buggy", "true").code()).isEqualTo(Exit.OURS);
        assertThat(cli.run("exec", "web").code()).isEqualTo(Exit.USAGE);
    }

    @Test
    void withJsonTheOutputsAreInTheResult() {
        assertThat(cli.run("exec", "web", "--json", "both").out())
                .isEqualTo("{\"exitCode\":0,\"how\":\"exited\",\"signal\":null,\"encoding\":\"utf-8\",\"stdout\":\"to"
                        + " stdout\\n\",\"stderr\":\"to stderr\\n\",\"truncated\":false}\n");
        assertThat(cli.run("exec", "web", "--json", "bytes").out())
                .contains("\"encoding\":\"base64\",\"stdout\":\"/wD+\",\"stderr\":\"\"");
        Outcome failed = cli.run("exec", "web", "--json", "exit", "3");
        assertThat(failed.out()).startsWith("{\"exitCode\":3,");
        assertThat(failed.code()).isEqualTo(3);
    }

    @Test
    void withJsonOnlyTheBeginningOfALongOutputIsKept() {
        String out = cli.run("exec", "web", "--json", "flood", String.valueOf(Capture.MOST + 1))
                .out();
        assertThat(out).endsWith("\"truncated\":true}\n").hasSizeGreaterThan(Capture.MOST);
        assertThat(cli.run("exec", "web", "--json", "flood", String.valueOf(Capture.MOST))
                        .out())
                .endsWith("\"truncated\":false}\n");
    }

    @Test
    void somethingLeftInTheBackgroundDoesNotHoldUs() {
        assertThat(cli.run("exec", "web", "hold")).isEqualTo(new Outcome(0, "to stdout\n", "to stderr\n"));
    }

    @Test
    void whenNobodyReadsOurOutputTheCommandIsEnded() {
        cli.out = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        assertThat(cli.run("exec", "web", "flood", String.valueOf(1L << 40)).code())
                .isEqualTo(Exit.NOBODY_READS);
    }

    @Test
    void runLeavesNoVmBehindHoweverItEnds() {
        assertThat(cli.run("run", "debian", "--cpus", "1", "echo", "hi")).isEqualTo(new Outcome(0, "hi\n", ""));
        assertThat(cli.run("run", "debian", "--name", "job", "exit", "7").code())
                .isEqualTo(7);
        assertThat(cli.run("run", "debian", "missing").code()).isEqualTo(Exit.NOT_FOUND);
        assertThat(cli.minions.size()).isEqualTo(1);
    }

    @Test
    void theFirstTwoSignalsGoToTheCommandAndTheThirdEndsUs() {
        CompletableFuture<Outcome> run = CompletableFuture.supplyAsync(() -> cli.run("run", "debian", "deaf"));
        Await.until("the command writes", () -> cli.out.toString().contains("sleeping"));
        cli.signals.accept(2);
        cli.signals.accept(15);
        Await.until("it was signalled", () -> cli.minions.notes().contains("signal 15"));
        assertThat(cli.minions.notes()).contains("signal 2");
        assertThat(run).isNotDone();
        cli.signals.accept(2);
        assertThat(run.join().code()).isEqualTo(130);
        assertThat(cli.minions.size()).isEqualTo(1);
        assertThat(cli.minions.notes()).contains("closing").doesNotContain("closing while interrupted");
    }
}
