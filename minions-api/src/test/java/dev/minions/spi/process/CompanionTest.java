package dev.minions.spi.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompanionTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    /** Says where it is, waits for the end of the process, and then says that as well. */
    private static final String PROGRAM = """
            echo "with '$1' in $(pwd)" >&4
            while read -r line <&3; do :; done
            echo "over" >&4
            echo "complaint" >&2
            """;

    @TempDir
    Path directory;

    private Launch.Builder launch(String... argv) throws IOException {
        Path run = directory.resolve("run");
        Files.createDirectories(run);
        return Launch.builder(directory.resolve("launch"), run, List.of(argv))
                .console(new RotatedLog(directory, "console"))
                .companion(new Launch.Companion(List.of("sh", "-s", "an argument; with 'quotes'"), PROGRAM));
    }

    @Test
    void itWritesTheConsoleAndEndsWithTheProcess() throws IOException {
        Launch launch =
                launch("sh", "-c", "read line; echo \"$line\"").input("hello\n").build();
        LaunchedProcess process = Launcher.start(launch);

        assertThat(process.awaitExit(SOON)).contains(new ProcessExit.Exited(0));
        assertThat(process.awaitLogs(SOON)).isTrue();
        assertThat(new RotatedLog(directory, "console").text())
                .isEqualTo("with 'an argument; with 'quotes'' in " + directory.resolve("run") + "\nover\n");
        assertThat(launch.log().text()).contains("hello\n", "complaint\n");
        LaunchedProcess.remove(process.directory());
    }

    @Test
    void itSeesTheEndAlsoWhenTheLauncherIsGone() throws IOException {
        LaunchedProcess process = Launcher.start(launch("sleep", "600").build());
        ProcessHandle handle = ProcessHandle.of(process.identity().pid()).orElseThrow();
        handle.parent().orElseThrow().destroyForcibly();

        process.kill(SOON);

        assertThat(process.awaitLogs(SOON)).isTrue();
        assertThat(new RotatedLog(directory, "console").text()).endsWith("over\n");
        LaunchedProcess.remove(process.directory());
    }

    @Test
    void oneThatIsMissingIsSaidBeforeAnythingIsStarted() throws IOException {
        Launch launch = launch("sleep", "600")
                .companion(new Launch.Companion(List.of("no-such-program"), ""))
                .build();

        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> Launcher.start(launch))
                .returns(ErrorCode.PROGRAM_MISSING, MinionsException::code);
        assertThat(directory.resolve("launch")).doesNotExist();
        assertThatIllegalArgumentException().isThrownBy(() -> new Launch.Companion(List.of(), ""));
    }
}
