package dev.minions.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.HostCommand;
import java.nio.file.Path;
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
        assertThat(Path.of("/proc", pids.get(0).toString())).doesNotExist();
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
        assertThat(Path.of("/proc", pids.get(0).toString())).doesNotExist();
    }

    @Test
    void aMissingProgramIsNamed() {
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> WatchedCommand.run(HostCommand.of("no-such-program"), line -> {}))
                .returns(ErrorCode.PROGRAM_MISSING, MinionsException::code);
    }
}
