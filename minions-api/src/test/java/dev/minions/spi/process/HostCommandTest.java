package dev.minions.spi.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostCommandTest {
    @TempDir
    Path directory;

    @Test
    void givesBackWhatTheCommandPrinted() {
        var result = HostCommand.of("sh", "-c", "echo out; echo err >&2").run();

        assertThat(result).isEqualTo(new HostCommand.Result(0, "out\n", "err\n"));
    }

    @Test
    void argumentsArePassedAsTheyAre() {
        assertThat(HostCommand.of("printf", "%s|", "a b", "", "$HOME", "'", "*")
                        .run()
                        .stdout())
                .isEqualTo("a b||$HOME|'|*|");
    }

    @Test
    void passesInputEnvironmentAndDirectory() {
        var result = HostCommand.of("sh", "-c", "cat; echo $COLOUR; pwd")
                .stdin("hello\n")
                .environment("COLOUR", "blue")
                .directory(directory)
                .run();

        assertThat(result.stdout()).isEqualTo("hello\nblue\n" + directory + "\n");
    }

    @Test
    void inputThatNobodyReadsIsNoFailure() {
        assertThat(HostCommand.of("true").stdin("x".repeat(1_000_000)).run().succeeded())
                .isTrue();
    }

    @Test
    void aFailureNamesCommandCodeAndLastWords() {
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() ->
                        HostCommand.of("sh", "-c", "echo no room >&2; exit 5").run())
                .returns(ErrorCode.COMMAND_FAILED, MinionsException::code)
                .withMessage("run 'sh -c \"echo no room >&2; exit 5\"': exit code 5: no room");
    }

    @Test
    void anExitCodeCanBeAResult() {
        assertThat(HostCommand.of("sh", "-c", "exit 5").outcome().exitCode()).isEqualTo(5);
    }

    @Test
    void aSignalIsNamed() {
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> HostCommand.of("sh", "-c", "kill -KILL $$").run())
                .withMessageContaining("ended by signal 9, and it said nothing");
    }

    @Test
    void aSecretIsNeverShown() {
        var command = HostCommand.of("sh", "-c", "echo token s3cret refused >&2; exit 1", "sh", "--token=s3cret")
                .secret("s3cret");

        assertThat(command.toString()).doesNotContain("s3cret").contains("--token=***");
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(command::run)
                .satisfies(e -> assertThat(e).hasMessageNotContaining("s3cret"))
                .withMessageContaining("token *** refused");
    }

    @Test
    void aMissingProgramComesWithWhatBringsIt() {
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> HostCommand.of("no-such-program-here")
                        .hint("apt install it")
                        .run())
                .returns(ErrorCode.PROGRAM_MISSING, MinionsException::code)
                .withMessageContaining("run 'no-such-program-here'")
                .withMessageEndingWith("apt install it");
    }

    @Test
    void aDirectoryIsNotAProgram() {
        assertThat(HostProgram.find(directory.toString())).isEmpty();
    }

    @Test
    void outputBeyondTheLimitIsDroppedAndTheCommandStillEnds() {
        var result = HostCommand.of(
                        "sh", "-c", "head -c 20000000 /dev/zero; head -c 20000000 /dev/zero >&2; echo end >&2")
                .run();

        assertThat(result.stdout()).hasSize(HostCommand.STDOUT_LIMIT);
        assertThat(result.stderr()).hasSize(HostCommand.STDERR_LIMIT).endsWith("end\n");
    }

    @Test
    void aDeadlineEndsTheCommandAndAllItStarted() throws Exception {
        Path pid = directory.resolve("pid");
        var command = HostCommand.of("sh", "-c", "sleep 600 & echo $! >" + pid + "; echo waiting >&2; wait")
                .within(Duration.ofMillis(500));

        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(command::run)
                .returns(ErrorCode.COMMAND_TIMEOUT, MinionsException::code)
                .withMessageContaining("not done after 500 ms, ended: waiting");
        awaitDeath(pid);
    }

    @Test
    void anInterruptEndsTheCommandAndAllItStarted() throws Exception {
        Path pid = directory.resolve("pid");
        var failure = new AtomicReference<MinionsException>();
        var command = HostCommand.of("sh", "-c", "sleep 600 & echo $! >" + pid + "; wait");
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                command.run();
            } catch (MinionsException e) {
                failure.set(e);
            }
        });
        Await.until("the command runs", () -> Files.exists(pid) && Files.size(pid) > 0);

        caller.interrupt();
        assertThat(caller.join(Duration.ofSeconds(10))).isTrue();

        assertThat(failure.get().code()).isEqualTo(ErrorCode.CALL_INTERRUPTED);
        awaitDeath(pid);
    }

    @Test
    void somethingLeftBehindWithTheOutputOpenDelaysNobodyForLong() throws Exception {
        Path pid = directory.resolve("pid");
        var result = HostCommand.of("sh", "-c", "sleep 600 & echo $! >" + pid + "; echo done")
                .within(Duration.ofSeconds(60))
                .run();

        assertThat(result.stdout()).isEqualTo("done\n");
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                .orElseThrow()
                .destroyForcibly();
    }

    @Test
    void theCommandHasASessionOfItsOwn() {
        String session = HostCommand.of(
                        "sh", "-c", "read -r _ _ _ _ group session _ </proc/self/stat; echo $group $session $$")
                .run()
                .stdout();

        String[] numbers = session.strip().split(" ", -1);
        assertThat(numbers[0]).isEqualTo(numbers[1]).isEqualTo(numbers[2]);
    }

    @Test
    void linesAreShownAsTheyCome() {
        var lines = new CopyOnWriteArrayList<String>();
        HostCommand.of("sh", "-c", "printf 'one\\ntwo\\rthree'")
                .listener(lines::add)
                .run();

        assertThat(lines).containsExactly("one", "two", "three");
    }

    @Test
    void nonsenseIsRefusedBeforeAnythingRuns() {
        assertThatIllegalArgumentException().isThrownBy(() -> HostCommand.of(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> HostCommand.of("echo", "a\0b"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostCommand.of("echo").within(Duration.ZERO));
    }

    private static void awaitDeath(Path pidFile) throws Exception {
        long pid = Long.parseLong(Files.readString(pidFile).strip());
        Await.until("process " + pid + " is gone", () -> ProcessIdentity.of(pid).isEmpty());
    }
}
