package dev.minions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandTest {
    @Test
    void aCommandIsWordsAndNeverALine() {
        assertThat(Command.of("sh", "-c", "echo 'a b'").argv()).containsExactly("sh", "-c", "echo 'a b'");
    }

    @Test
    void changingACommandGivesAnotherOne() {
        Command plain = Command.of("env");
        Command changed =
                plain.environment("A", "1").directory("/tmp").user("nobody").within(Duration.ofSeconds(5));
        assertThat(plain.environment()).isEmpty();
        assertThat(changed.environment()).containsEntry("A", "1");
        assertThat(changed.timeout()).contains(Duration.ofSeconds(5));
        assertThat(changed).isNotEqualTo(plain);
    }

    @Test
    void whatCannotBeRunIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Command.of(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> Command.of(""));
        assertThatIllegalArgumentException().isThrownBy(() -> Command.of("a\u0000b"));
        assertThatIllegalArgumentException().isThrownBy(() -> Command.of("a").environment("A=", "1"));
        assertThatIllegalArgumentException().isThrownBy(() -> Command.of("a").directory("tmp"));
        assertThatIllegalArgumentException().isThrownBy(() -> Command.of("a").within(Duration.ZERO));
    }

    @Test
    void itsTextShowsNoArguments() {
        assertThat(Command.of("login", "--password", "s3cret")).hasToString("login (2 arguments)");
    }

    @Test
    void theExitCodeIsWhatAShellWouldSay() {
        assertThat(result(ExitStatus.exited(3)).exitCode()).isEqualTo(3);
        assertThat(result(new ExitStatus.Signalled(9)).exitCode()).isEqualTo(137);
        assertThat(result(new ExitStatus.TimedOut()).exitCode()).isEqualTo(124);
        assertThat(result(ExitStatus.exited(0)).succeeded()).isTrue();
        assertThat(result(new ExitStatus.TimedOut()).succeeded()).isFalse();
    }

    private static ExecResult result(ExitStatus status) {
        return new ExecResult(status, "out".getBytes(StandardCharsets.UTF_8), new byte[0], false);
    }
}
