package dev.minions.spi.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a process when the JVM that started it ends in one way or another. */
class LifetimeTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path temporary;

    private Path directory;
    private Path run;

    @BeforeEach
    void directories() throws IOException {
        directory = temporary.resolve("vmm");
        run = Files.createDirectory(temporary.resolve("run"));
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        LaunchedProcess.remove(directory);
        Await.until("nothing is left", () -> LauncherTest.processesIn(temporary).isEmpty());
    }

    @Test
    void anEphemeralProcessEndsWithinMillisecondsOfTheKilledJvm() throws Exception {
        Process jvm = StarterProgram.start(directory, run, Lifetime.EPHEMERAL);
        LaunchedProcess process = started(jvm);
        assertThat(process.awaitExit(Duration.ofMillis(200))).isEmpty();

        long killed = System.nanoTime();
        jvm.destroyForcibly();
        assertThat(process.awaitExit(SOON)).contains(new ProcessExit.Signalled(9));

        assertThat(System.nanoTime() - killed).isLessThan(TimeUnit.SECONDS.toNanos(1));
    }

    /** The JDK lets go of the pipe when the launcher ends; it errs in the right direction. */
    @Test
    void anEphemeralProcessEndsWithItsLauncherToo() throws Exception {
        Process jvm = StarterProgram.start(directory, run, Lifetime.EPHEMERAL);
        LaunchedProcess process = started(jvm);
        ProcessHandle.of(process.identity().pid())
                .flatMap(ProcessHandle::parent)
                .orElseThrow()
                .destroyForcibly();

        assertThat(process.awaitExit(SOON)).contains(new ProcessExit.Unknown());
        jvm.destroyForcibly().waitFor();
    }

    @Test
    void anEphemeralProcessEndsWithAJvmThatExitsNormally() throws Exception {
        Process jvm = StarterProgram.start(directory, run, Lifetime.EPHEMERAL);
        LaunchedProcess process = started(jvm);

        jvm.getOutputStream().close();
        assertThat(jvm.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.awaitExit(SOON)).contains(new ProcessExit.Signalled(9));
    }

    @Test
    void anEphemeralProcessThatEndsByItselfLeavesNobodyWaiting() throws Exception {
        LaunchedProcess process = Launcher.start(Launch.builder(directory, run, List.of("sh", "-c", "exit 4"))
                .lifetime(Lifetime.EPHEMERAL)
                .build());

        assertThat(process.awaitExit(SOON)).contains(new ProcessExit.Exited(4));
        Await.until(
                "the reaper is gone", () -> LauncherTest.processesIn(temporary).isEmpty());
    }

    @Test
    void aDurableProcessOutlivesTheKilledJvm() throws Exception {
        Process jvm = StarterProgram.start(directory, run, Lifetime.DURABLE);
        LaunchedProcess process = started(jvm);
        jvm.destroyForcibly().waitFor();

        assertThat(process.awaitExit(Duration.ofMillis(200))).isEmpty();
        assertThat(process.kill(SOON)).isEqualTo(new ProcessExit.Signalled(9));
    }

    @Test
    void ctrlCEndsTheJvmAndNotADurableProcess() throws Exception {
        Process jvm = StarterProgram.start(directory, run, Lifetime.DURABLE);
        LaunchedProcess process = started(jvm);

        HostCommand.of("sh", "-c", "kill -INT -" + jvm.pid()).run();
        assertThat(jvm.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.awaitExit(Duration.ofMillis(200))).isEmpty();
    }

    /** What is left of a start whose JVM was killed at any moment of it: a launcher on its way. */
    @Test
    void whoeverRemovesTheDirectoryOfAHalfDoneStartHasTheLastWord() throws Exception {
        for (int i = 0; i < 100; i++) {
            Launch launch = Launch.builder(directory, run, List.of("sleep", "600"))
                    .log(new RotatedLog(temporary, "log"))
                    .build();
            var files = new LaunchDirectory(directory);
            files.prepare(Launcher.SCRIPT, "", false);
            Process launcher = new ProcessBuilder(Launcher.command(launch))
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(temporary.resolve("said").toFile())
                    .start();
            java.util.concurrent.locks.LockSupport.parkNanos(i * 150_000L);

            LaunchedProcess.remove(directory);
            assertThat(launcher.waitFor(10, TimeUnit.SECONDS)).isTrue();

            assertThat(LauncherTest.processesIn(run)).as("after %s µs", i * 150).isEmpty();
            assertThat(directory).doesNotExist();
        }
    }

    private LaunchedProcess started(Process jvm) throws IOException {
        ProcessIdentity identity = ProcessIdentity.parse(jvm.inputReader().readLine());
        LaunchedProcess process = LaunchedProcess.find(directory).orElseThrow();
        assertThat(process.identity()).isEqualTo(identity);
        return process;
    }
}
