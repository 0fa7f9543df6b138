package dev.minions.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.HostCommand;
import dev.minions.spi.process.ProcessIdentity;
import dev.minions.testkit.Await;
import dev.minions.testkit.ChildJvm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchedCommandTest {
    /** Says its number, then lives until it is ended. */
    private static final HostCommand ENDLESS = HostCommand.of("sh", "-c", "echo $$; exec sleep 1000");

    @Test
    void theCallingThreadHearsEachLineInOrder() {
        Thread caller = Thread.currentThread();
        List<String> lines = new ArrayList<>();

        HostCommand.Result result = WatchedCommand.run(HostCommand.of("sh", "-c", "echo a; echo b; exit 3"), line -> {
            assertThat(Thread.currentThread()).isSameAs(caller);
            lines.add(line);
        });

        assertThat(lines).containsExactly("a", "b");
        assertThat(result.exitCode()).isEqualTo(3);
    }

    @Test
    void aListenerThatThrowsEndsTheCommand() {
        List<Long> pids = new ArrayList<>();
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> WatchedCommand.run(ENDLESS, line -> {
                    pids.add(Long.parseLong(line));
                    throw new IllegalStateException("enough");
                }))
                .withMessage("enough");
        awaitEnd(pids.get(0));
    }

    @Test
    void anInterruptedCallerEndsTheCommand() {
        List<Long> pids = new ArrayList<>();
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> WatchedCommand.run(ENDLESS, line -> {
                    pids.add(Long.parseLong(line));
                    Thread.currentThread().interrupt();
                }))
                .returns(ErrorCode.CALL_INTERRUPTED, MinionsException::code);
        assertThat(Thread.interrupted()).isTrue();
        awaitEnd(pids.get(0));
    }

    /** Runs an endless command whose number it says. */
    static final class Doomed {
        private Doomed() {}

        public static void main(String[] args) {
            WatchedCommand.run(ENDLESS, System.out::println);
        }
    }

    @Test
    void theCommandEndsWithAProgramThatIsKilled() {
        try (ChildJvm program = ChildJvm.start(Doomed.class)) {
            long command = Long.parseLong(program.hear());
            assertThat(ProcessIdentity.of(command)).isPresent();

            program.kill();

            awaitEnd(command);
        }
    }

    private static void awaitEnd(long pid) {
        Await.until(
                "the command is gone",
                Duration.ofSeconds(30),
                () -> ProcessIdentity.of(pid).isEmpty());
    }

    @Test
    void aMissingProgramIsNamed() {
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> WatchedCommand.run(HostCommand.of("no-such-program"), line -> {}))
                .returns(ErrorCode.PROGRAM_MISSING, MinionsException::code);
    }
}
