package dev.minions.agent.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.minions.Command;
import dev.minions.ExecResult;
import dev.minions.ExitStatus;
import dev.minions.agent.Await;
import dev.minions.agent.guest.TestGuest;
import dev.minions.agent.protocol.Failure;
import dev.minions.agent.protocol.Protocol;
import dev.minions.spi.GuestChannel.Framing;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExecTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int KEEP = 1 << 20;

    @TempDir
    private Path directory;

    private TestGuest guest;
    private AgentClient client;

    @BeforeEach
    void start() throws Exception {
        guest = TestGuest.start(directory);
        client = AgentClient.attach(Framing.CONNECTIONS, guest.dialer(), Optional.empty(), LIMIT);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        guest.close();
    }

    private ExecResult sh(String script) throws IOException, InterruptedException {
        return client.exec(Command.of("sh", "-c", script), KEEP, LIMIT);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 126, 127, 128, 255})
    void anExitCodeArrivesAsItIs(int code) throws Exception {
        assertThat(sh("exit " + code).status()).isEqualTo(ExitStatus.exited(code));
    }

    @Test
    void bothOutputsArriveApart() throws Exception {
        ExecResult result = sh("echo to out; echo to err >&2");
        assertThat(result.stdout()).isEqualTo("to out\n");
        assertThat(result.stderr()).isEqualTo("to err\n");
        assertThat(result.truncated()).isFalse();
    }

    @Test
    void aSignalThatEndedItIsNamed() throws Exception {
        assertThat(sh("kill -9 $$").status()).isEqualTo(new ExitStatus.Signalled(9));
        assertThat(sh("kill -TERM $$").exitCode()).isEqualTo(143);
    }

    @Test
    void argumentsAreNeverReadByAShell() throws Exception {
        ExecResult result = client.exec(Command.of("printf", "%s|", "$HOME", "a b", "'", "*", ""), KEEP, LIMIT);
        assertThat(result.stdout()).isEqualTo("$HOME|a b|'|*||");
    }

    @Test
    void environmentDirectoryAndUserAreAsAsked() throws Exception {
        Command command = Command.of("sh", "-c", "echo $A $HOME $USER; pwd")
                .environment("A", "b c")
                .directory("/usr");
        assertThat(client.exec(command, KEEP, LIMIT).stdout()).isEqualTo("b c /root root\n/usr\n");
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can become somebody else");
        ExecResult nobody = client.exec(Command.of("id", "-u").user("nobody"), KEEP, LIMIT);
        assertThat(nobody.stdout()).isEqualTo("65534\n");
    }

    @Test
    void nothingOfTheAgentsOwnEnvironmentLeaksIn() throws Exception {
        ExecResult result = client.exec(Command.of("env"), KEEP, LIMIT);
        assertThat(result.stdout().lines().map(line -> line.substring(0, line.indexOf('='))))
                .containsExactlyInAnyOrder("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG");
    }

    @Test
    void whatCannotBeRunIsToldApartAsAShellDoes() throws IOException {
        Path plain = Files.writeString(directory.resolve("plain"), "no program");
        refused(Command.of("no-such-command"), Failure.NOT_FOUND, "command 'no-such-command' is not in the guest");
        refused(Command.of("/no/such/command"), Failure.NOT_FOUND, "'/no/such/command'");
        refused(Command.of(plain.toString()), Failure.NOT_EXECUTABLE, "is not executable");
        refused(Command.of("/tmp"), Failure.NOT_EXECUTABLE, "'/tmp'");
        refused(Command.of("true").directory("/no/such/directory"), Failure.NOT_EXECUTABLE, "is no directory");
        refused(Command.of("true").user("nobody-of-that-name"), Failure.NOT_EXECUTABLE, "is not in the guest");
        assertThat(Failure.NOT_FOUND.shellCode()).isEqualTo(127);
        assertThat(Failure.NOT_EXECUTABLE.shellCode()).isEqualTo(126);
    }

    private void refused(Command command, Failure failure, String part) {
        assertThatExceptionOfType(AgentException.class)
                .isThrownBy(() -> client.exec(command, KEEP, LIMIT))
                .withMessageContaining(part)
                .returns(AgentException.Reason.REFUSED, AgentException::reason)
                .returns(failure, AgentException::failure);
    }

    @Test
    void aTimeLimitEndsTheWholeProcessGroup() throws Exception {
        Path pids = directory.resolve("pids");
        Command command = Command.of("sh", "-c", "(sleep 1000 & echo $! >" + pids + "; sleep 1000) & sleep 1000")
                .within(Duration.ofMillis(500));
        assertThat(client.exec(command, KEEP, LIMIT).status()).isEqualTo(new ExitStatus.TimedOut());
        long grandchild = Long.parseLong(Files.readString(pids).strip());
        Await.until("the grandchild is gone", () -> !isAlive(grandchild));
    }

    private static boolean isAlive(long pid) throws IOException {
        try {
            return !Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
        } catch (NoSuchFileException gone) {
            return false;
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("No such process")) { // it went while it was read
                return false;
            }
            throw e;
        }
    }

    @Test
    void whatIsWrittenToItsInputComesBackWhole() throws Exception {
        byte[] data = new byte[3_000_000];
        new java.util.Random(7).nextBytes(data);
        byte[] delimiter = "\u00FFminsync".getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(delimiter, 0, data, 12_345, delimiter.length);
        try (AgentProcess process = client.start(Command.of("cat"), LIMIT)) {
            Future<byte[]> read = inBackground(() -> process.stdout().readAllBytes());
            process.stdin().write(data);
            process.stdin().close();
            assertThat(read.get()).isEqualTo(data);
            assertThat(process.waitFor(LIMIT)).contains(ExitStatus.exited(0));
            assertThat(process.stderr().read()).isEqualTo(-1);
        }
    }

    @Test
    void aHundredMebibytesPassASlowReaderInBoundedMemory() throws Exception {
        long size = 100L << 20;
        Command command = Command.of("head", "-c", Long.toString(size), "/dev/zero");
        try (AgentProcess process = client.start(command, LIMIT)) {
            long total = 0;
            byte[] chunk = new byte[8 * 1024];
            long mostWaiting = 0;
            for (int n = process.stdout().read(chunk);
                    n >= 0;
                    n = process.stdout().read(chunk)) {
                total += n;
                mostWaiting = Math.max(mostWaiting, process.stdout().available());
            }
            assertThat(total).isEqualTo(size);
            assertThat(mostWaiting).isLessThanOrEqualTo(Protocol.STREAM_WINDOW);
        }
    }

    @Test
    void aStreamThatNobodyReadsHoldsUpItselfOnly() throws Exception {
        try (AgentProcess stuck = client.start(Command.of("sh", "-c", "yes; echo >&2"), LIMIT)) {
            Await.until("the window is full", () -> stuck.stdout().available() == Protocol.STREAM_WINDOW);
            assertThat(sh("echo through").stdout()).isEqualTo("through\n");
            assertThat(client.health(LIMIT).hostname()).isEqualTo("guest");
            assertThat(stuck.waitFor(Duration.ofMillis(1))).isEmpty();
        }
    }

    @Test
    void manyCommandsRunAtOnceOverOneConnection() throws Exception {
        List<Future<String>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int number = i;
            answers.add(inBackground(() -> sh("sleep 0.1; echo " + number).stdout()));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(answers.get(i).get()).isEqualTo(i + "\n");
        }
    }

    @Test
    void whatACommandLeavesBehindIsNotWaitedForAndLivesOn() throws Exception {
        Path pid = directory.resolve("pid");
        ExecResult result = sh("(while sleep 0.05; do echo noise; done) & echo $! >" + pid + "; echo done");
        assertThat(result.stdout()).startsWith("done\n");
        assertThat(result.status()).isEqualTo(ExitStatus.exited(0));
        long left = Long.parseLong(Files.readString(pid).strip());
        long began = System.nanoTime();
        Await.until("it had time to die of its closed output", () -> System.nanoTime() - began > 500_000_000L);
        assertThat(isAlive(left)).isTrue();
        ProcessHandle.of(left).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void aSignalReachesTheGroup() throws Exception {
        try (AgentProcess process = client.start(
                Command.of("sh", "-c", "trap 'echo caught; exit 3' USR1; echo ready; while :; do sleep 0.05; done"),
                LIMIT)) {
            InputStream out = process.stdout();
            assertThat(new String(out.readNBytes(6), StandardCharsets.US_ASCII)).isEqualTo("ready\n");
            process.signal(10);
            assertThat(process.waitFor(LIMIT)).contains(ExitStatus.exited(3));
            assertThat(new String(out.readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo("caught\n");
            process.signal(9);
        }
    }

    @Test
    void closingKillsWhatStillRuns() throws Exception {
        AgentProcess process = client.start(Command.of("sh", "-c", "sleep 1000 & sleep 1000"), LIMIT);
        assertThat(isAlive(process.pid())).isTrue();
        process.close();
        process.close();
        Await.until("it is gone", () -> !isAlive(process.pid()));
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void aLostConnectionKillsWhatRanOverIt() throws Exception {
        AgentProcess process = client.start(Command.of("sleep", "1000"), LIMIT);
        client.close();
        Await.until("it is gone", () -> !isAlive(process.pid()));
        assertThatExceptionOfType(AgentException.class)
                .isThrownBy(() -> process.waitFor(LIMIT))
                .returns(AgentException.Reason.LOST, AgentException::reason);
        assertThatIOException().isThrownBy(() -> process.stdout().read());
    }

    @Test
    void anInterruptedReaderDisturbsNobodyElse() throws Exception {
        try (AgentProcess process = client.start(Command.of("sleep", "1000"), LIMIT)) {
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Thread reader = Thread.ofPlatform().start(() -> {
                try {
                    process.stdout().read();
                } catch (IOException e) {
                    failure.set(e);
                }
            });
            Await.until("it waits", () -> reader.getState() == Thread.State.TIMED_WAITING);
            reader.interrupt();
            reader.join();
            assertThat(failure.get()).isInstanceOf(InterruptedIOException.class);
            assertThat(sh("echo through").stdout()).isEqualTo("through\n");
        }
    }

    @Test
    void anInterruptedCallerEndsItsCommand() throws Exception {
        Path pid = directory.resolve("pid");
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                sh("echo $$ >" + pid + "; exec sleep 1000");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        Await.until("it runs", () -> Files.exists(pid) && !Files.readString(pid).isBlank());
        long command = Long.parseLong(Files.readString(pid).strip());
        caller.interrupt();
        caller.join();
        Await.until("it is gone", () -> !isAlive(command));
        assertThat(sh("echo through").stdout()).isEqualTo("through\n");
    }

    @Test
    void aCallPastItsLimitEndsAndTheConnectionStays() throws Exception {
        assertThatExceptionOfType(AgentException.class)
                .isThrownBy(() -> client.exec(Command.of("sleep", "1000"), KEEP, Duration.ofMillis(300)))
                .withMessage("the command did not end within 300 ms")
                .returns(AgentException.Reason.TIMED_OUT, AgentException::reason);
        assertThat(sh("echo through").stdout()).isEqualTo("through\n");
    }

    @Test
    void onlyTheBeginningOfALongOutputIsKept() throws Exception {
        ExecResult result = client.exec(Command.of("sh", "-c", "head -c 500000 /dev/zero; echo e >&2"), 1000, LIMIT);
        assertThat(result.stdoutBytes()).hasSize(1000);
        assertThat(result.stderr()).isEqualTo("e\n");
        assertThat(result.truncated()).isTrue();
    }

    @Test
    void aCommandThatDoesNotReadItsInputIsSaidToTheWriter() throws Exception {
        try (AgentProcess process = client.start(Command.of("sh", "-c", "exec <&-; sleep 1000"), LIMIT)) {
            byte[] much = new byte[200_000];
            Arrays.fill(much, (byte) 'x');
            assertThatIOException()
                    .isThrownBy(() -> process.stdin().write(much))
                    .withMessageContaining("does not read its input");
        }
    }

    @Test
    void moreCommandsThanAHostMayRunAreRefused() throws Exception {
        List<AgentProcess> running = new ArrayList<>();
        try {
            for (int i = 0; i < 64; i++) {
                running.add(client.start(Command.of("sleep", "1000"), LIMIT));
            }
            refused(Command.of("true"), Failure.BUSY, "64 commands");
        } finally {
            running.forEach(AgentProcess::close);
        }
    }

    private static <T> Future<T> inBackground(java.util.concurrent.Callable<T> work)
            throws InterruptedException, ExecutionException {
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        Future<T> future = executor.submit(work);
        executor.shutdown();
        return future;
    }
}
