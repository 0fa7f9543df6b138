package dev.minions.spi.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path temporary;

    private Path vmm;
    private Path run;
    private RotatedLog log;
    private RotatedLog console;

    @BeforeEach
    void directories() throws IOException {
        vmm = temporary.resolve("vmm");
        run = Files.createDirectory(temporary.resolve("run"));
        log = new RotatedLog(temporary, "vmm-log");
        console = new RotatedLog(temporary, "console");
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        LaunchedProcess.remove(vmm);
        Await.until(
                "no process of the launcher is left",
                () -> processesIn(temporary).isEmpty());
    }

    @Test
    void theExitCodeIsKeptForWhoeverAsksLater() {
        start("exit 3");

        LaunchedProcess later = LaunchedProcess.find(vmm).orElseThrow();
        assertThat(later.awaitExit(SOON)).contains(new ProcessExit.Exited(3));
        assertThat(later.awaitExit(Duration.ZERO)).contains(new ProcessExit.Exited(3));
        assertThat(later.isAlive()).isFalse();
    }

    @Test
    void aDeathByASignalIsNoExitCode() {
        LaunchedProcess process = start("exec sleep 600");
        assertThat(process.awaitExit(Duration.ZERO)).isEmpty();

        assertThat(process.kill(SOON)).isEqualTo(new ProcessExit.Signalled(9));
        assertThat(process.kill(SOON)).isEqualTo(new ProcessExit.Signalled(9));
    }

    @Test
    void waitingHasALimit() {
        LaunchedProcess process = start("exec sleep 600");

        assertThat(process.awaitExit(Duration.ofMillis(50))).isEmpty();
        assertThat(process.isAlive()).isTrue();
    }

    @Test
    void aDeathIsNoticedAtOnceByEveryoneWhoWaits() throws Exception {
        LaunchedProcess process = start("exec sleep 600");
        var first = new CompletableFuture<Long>();
        var second = new CompletableFuture<Long>();
        try (var one = process.onExit(exit -> first.complete(System.nanoTime()));
                var two = LaunchedProcess.find(vmm).orElseThrow().onExit(exit -> second.complete(System.nanoTime()))) {
            assertThat(List.of(one, two)).hasSize(2);
            long killed = System.nanoTime();
            process.signal(ProcessIdentity.Signal.KILL);

            // Milliseconds on an idle machine. The bound is for one that is not: polling would take whole seconds.
            assertThat(first.get(10, TimeUnit.SECONDS) - killed).isLessThan(TimeUnit.MILLISECONDS.toNanos(250));
            assertThat(second.get(10, TimeUnit.SECONDS) - killed).isLessThan(TimeUnit.MILLISECONDS.toNanos(250));
        }
    }

    @Test
    void aClosedWatchDoesNotCall() throws Exception {
        LaunchedProcess process = start("exec sleep 600");
        var called = new CompletableFuture<ProcessExit>();
        process.onExit(called::complete).close();
        var other = new CompletableFuture<ProcessExit>();
        try (var watch = process.onExit(other::complete)) {
            assertThat(watch).isNotNull();
            process.kill(SOON);
            other.get(10, TimeUnit.SECONDS);
        }

        assertThat(called).isNotDone();
    }

    @Test
    void anInterruptEndsTheWaitAndNothingElse() throws Exception {
        LaunchedProcess process = start("exec sleep 600");
        var failure = new CompletableFuture<MinionsException>();
        Thread waiter = Thread.ofVirtual().start(() -> {
            try {
                process.awaitExit(Duration.ofMinutes(5));
            } catch (MinionsException e) {
                failure.complete(e);
            }
        });
        Await.until("it waits", () -> waiter.getState() == Thread.State.TIMED_WAITING);
        waiter.interrupt();

        assertThat(failure.get(10, TimeUnit.SECONDS).code()).isEqualTo(ErrorCode.CALL_INTERRUPTED);
        assertThat(process.isAlive()).isTrue();
        assertThat(process.kill(SOON)).isEqualTo(new ProcessExit.Signalled(9));
    }

    @Test
    void losingTheLauncherLosesTheExitCodeOnly() throws Exception {
        LaunchedProcess process = start("echo begun; exec sleep 600");
        Await.until("it has begun", () -> log.text().contains("begun"));
        ProcessHandle launcher = launcherOf(process);
        launcher.destroyForcibly();
        Await.until(
                "the launcher is dead", () -> ProcessIdentity.of(launcher.pid()).isEmpty());

        assertThat(process.isAlive()).isTrue();
        assertThat(process.awaitExit(Duration.ofMillis(50))).isEmpty();
        assertThat(process.kill(SOON)).isEqualTo(new ProcessExit.Unknown());
        assertThat(process.awaitLogs(SOON)).isTrue();
        assertThat(log.text()).isEqualTo("begun\n");
    }

    @Test
    void aProcessThatClosesWhatItInheritedAndLostItsLauncherIsStillWaitedFor() throws Exception {
        LaunchedProcess process = start("exec 3>&-; echo closed; exec sleep 600");
        Await.until("it has closed it", () -> log.text().contains("closed"));
        ProcessHandle launcher = launcherOf(process);
        launcher.destroyForcibly();
        Await.until(
                "the launcher is dead", () -> ProcessIdentity.of(launcher.pid()).isEmpty());

        assertThat(process.awaitExit(Duration.ofMillis(300))).isEmpty();
        process.signal(ProcessIdentity.Signal.KILL);
        assertThat(process.awaitExit(SOON)).contains(new ProcessExit.Unknown());
    }

    @Test
    void ctrlCDoesNotReachTheProcess() throws Exception {
        LaunchedProcess process = start("exec sleep 600");
        long mine = field(ProcessHandle.current().pid(), 6);

        assertThat(field(process.identity().pid(), 6)).isNotEqualTo(mine);
        assertThat(field(process.identity().pid(), 5))
                .isNotEqualTo(field(ProcessHandle.current().pid(), 5));
    }

    @Test
    void allItPrintsIsInTheLogOnceItHasEnded() {
        LaunchedProcess process = start("echo one; echo two >&2; exit 1");
        process.awaitExit(SOON);

        assertThat(process.awaitLogs(SOON)).isTrue();
        assertThat(log.tail(5)).isEqualTo("one\ntwo");
        assertThat(log.tail(1)).isEqualTo("two");
    }

    @Test
    void aFloodOfOutputStaysWithinTwoFilesOfAMebibyte() throws Exception {
        LaunchedProcess process = launch(
                "seq 1 1600000; seq 1 1600000 >&4; echo last; echo 'last of console' >&4", b -> b.console(console));
        assertThat(process.awaitExit(Duration.ofSeconds(60))).contains(new ProcessExit.Exited(0));
        assertThat(process.awaitLogs(Duration.ofSeconds(60))).isTrue();

        for (RotatedLog each : List.of(log, console)) {
            assertThat(Files.size(each.previous())).isEqualTo(1024 * 1024);
            assertThat(Files.size(each.current())).isBetween(1L, 1024L * 1024);
        }
        assertThat(log.tail(2)).isEqualTo("1600000\nlast");
        assertThat(console.tail(2)).isEqualTo("1600000\nlast of console");
    }

    @Test
    void aConsoleLogOutlivesTheProcessAndItsDirectory() {
        launch("echo 'first boot' >&4", b -> b.console(console)).awaitExit(SOON);
        LaunchedProcess.remove(vmm);
        LaunchedProcess second = launch("echo 'second boot' >&4", b -> b.console(console));
        second.awaitExit(SOON);

        assertThat(second.awaitLogs(SOON)).isTrue();
        assertThat(console.text()).isEqualTo("first boot\nsecond boot\n");
        LaunchedProcess.remove(vmm);
        assertThat(console.text()).isEqualTo("first boot\nsecond boot\n");
    }

    @Test
    void losingTheLogKeeperDoesNotStopTheProcess() throws Exception {
        LaunchedProcess process = start("trap '' PIPE; read -r _; while :; do echo line 2>/dev/null; done; exit 0");
        for (ProcessHandle keeper : launcherOf(process).children().toList()) {
            if (keeper.info().command().orElse("").endsWith("/split")) {
                keeper.destroyForcibly();
            }
        }

        assertThat(process.awaitExit(Duration.ofMillis(200))).isEmpty();
    }

    @Test
    void itReadsItsInputAndNothingOfOurs() {
        LaunchedProcess process = launch(
                "cat; echo \"[$SECRET]\"; echo \"$COLOUR\"; pwd",
                b -> b.input("hello\n").environment("COLOUR", "blue"));
        process.awaitExit(SOON);
        process.awaitLogs(SOON);

        assertThat(log.text()).isEqualTo("hello\n[]\nblue\n" + run + "\n");
        assertThat(environmentNames(process)).isEmpty();
    }

    @Test
    void itInheritsNoDescriptorButLifeAndConsole() {
        LaunchedProcess process = launch("ls /proc/self/fd", b -> b.console(console));
        process.awaitExit(SOON);
        process.awaitLogs(SOON);

        // The last is the directory that ls reads.
        assertThat(log.text().lines()).containsExactly("0", "1", "2", "3", "4", "5");
    }

    @Test
    void asRootItRunsAsAnotherUserWithoutAnyPrivilege() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        var user = new RunAs(1_879_048_999, 1_879_048_998, List.of(1_879_048_997L), List.of());
        HostDirectory.makePrivate(run.resolve("own"), Optional.of(user));
        Path own = run.resolve("own");
        LaunchedProcess process = Launcher.start(
                Launch.builder(vmm, own, List.of("sh", "-c", "cat /proc/self/status; : >made; exec sleep 600"))
                        .log(log)
                        .runAs(user)
                        .build());
        Await.until("it has made its file", () -> Files.exists(own.resolve("made")));
        Await.until("its log has been begun", () -> Files.exists(log.current()));

        Map<String, String> status = status(process.identity().pid());
        assertThat(status.get("Uid")).isEqualTo("1879048999 1879048999 1879048999 1879048999");
        assertThat(status.get("Gid")).isEqualTo("1879048998 1879048998 1879048998 1879048998");
        assertThat(status.get("Groups")).isEqualTo("1879048997");
        assertThat(status.get("NoNewPrivs")).isEqualTo("1");
        for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) {
            assertThat(status.get(set)).isEqualTo("0000000000000000");
        }
        assertThat(Files.getAttribute(own.resolve("made"), "unix:uid")).isEqualTo(1_879_048_999);
        assertThat(Files.getAttribute(log.current(), "unix:uid")).isEqualTo(0);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(vmm)))
                .isEqualTo("rwx------");
    }

    @Test
    void aCapabilityCanBeLeftToIt() {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        var user = new RunAs(1_879_048_999, 1_879_048_999, List.of(), List.of("net_bind_service"));
        HostDirectory.giveTo(run, user);
        LaunchedProcess process = Launcher.start(Launch.builder(vmm, run, List.of("grep", "^Cap", "/proc/self/status"))
                .log(log)
                .runAs(user)
                .build());
        process.awaitExit(SOON);
        process.awaitLogs(SOON);

        assertThat(log.text().lines()).hasSize(5).allMatch(line -> line.endsWith("\t0000000000000400"));
    }

    @Test
    void whatATreeStartedEndsWithIt() throws Exception {
        LaunchedProcess process = launch("sleep 600 & sleep 600 & echo begun; wait", Launch.Builder::tree);
        Await.until("they run", () -> processesIn(run).size() == 3);
        process.signal(ProcessIdentity.Signal.KILL);

        assertThat(process.awaitExit(SOON)).contains(new ProcessExit.Signalled(9));
        Await.until("all are gone", () -> processesIn(run).isEmpty());
        process.awaitLogs(SOON);
        assertThat(log.text()).isEqualTo("begun\n");
    }

    @Test
    void whatATreeStartedIsRemovedWithItThoughTheLauncherIsGone() throws Exception {
        LaunchedProcess process = launch("sleep 600 & sleep 600 & wait", Launch.Builder::tree);
        Await.until("they run", () -> processesIn(run).size() == 3);
        launcherOf(process).destroyForcibly();
        LaunchedProcess.remove(vmm);

        assertThat(processesIn(run)).isEmpty();
    }

    @Test
    void aSecondStartInTheSameDirectoryIsRefusedWhileTheFirstRuns() {
        LaunchedProcess process = start("exec sleep 600");

        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> start("exec sleep 600"))
                .returns(ErrorCode.WRONG_STATE, MinionsException::code)
                .withMessageContaining("process " + process.identity().pid() + " still runs");
        assertThat(process.isAlive()).isTrue();
    }

    @Test
    void aDirectoryCanBeUsedAgain() {
        start("echo first; exit 1").awaitExit(SOON);
        LaunchedProcess second = start("echo second; exit 2");

        assertThat(second.awaitExit(SOON)).contains(new ProcessExit.Exited(2));
        second.awaitLogs(SOON);
        assertThat(log.text()).isEqualTo("second\n");
    }

    @Test
    void aProgramThatIsMissingIsNamedBeforeAnythingIsMade() {
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> Launcher.start(
                        Launch.builder(vmm, run, List.of("no-such-program")).build()))
                .returns(ErrorCode.PROGRAM_MISSING, MinionsException::code);
        assertThat(vmm).doesNotExist();
    }

    @Test
    void aProgramThatCannotBeExecutedSaysSoInTheLog() throws IOException {
        Path broken = temporary.resolve("broken");
        Files.write(broken, new byte[] {0x7f, 'E', 'L', 'F', 0, 0});
        Files.setPosixFilePermissions(broken, PosixFilePermissions.fromString("rwxr-xr-x"));
        LaunchedProcess process = Launcher.start(
                Launch.builder(vmm, run, List.of(broken.toString())).log(log).build());

        assertThat(process.awaitExit(SOON))
                .hasValueSatisfying(exit -> assertThat(exit).isNotEqualTo(new ProcessExit.Exited(0)));
        process.awaitLogs(SOON);
        assertThat(log.text()).contains("broken");
    }

    @Test
    void whatItNeedsIsCheckedAtOnce() {
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> Launcher.start(Launch.builder(vmm, run.resolve("none"), List.of("true"))
                        .build()))
                .returns(ErrorCode.PATH_NOT_FOUND, MinionsException::code);
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> Launcher.start(Launch.builder(temporary.resolve("none/vmm"), run, List.of("true"))
                        .build()))
                .returns(ErrorCode.IO_ERROR, MinionsException::code);
    }

    private LaunchedProcess start(String script) {
        return launch(script, UnaryOperator.identity());
    }

    private LaunchedProcess launch(String script, UnaryOperator<Launch.Builder> more) {
        return Launcher.start(
                more.apply(Launch.builder(vmm, run, List.of("sh", "-c", script)).log(log))
                        .build());
    }

    private static ProcessHandle launcherOf(LaunchedProcess process) {
        return ProcessHandle.of(process.identity().pid())
                .flatMap(ProcessHandle::parent)
                .orElseThrow();
    }

    private List<String> environmentNames(LaunchedProcess process) {
        return System.getenv().values().stream()
                .filter(value -> value.length() > 16 && log.text().contains(value))
                .filter(value -> !run.toString().contains(value) && !value.isBlank() && process != null)
                .toList();
    }

    static long field(long pid, int number) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[number - 3]);
    }

    private static Map<String, String> status(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .map(line -> line.split(":", 2))
                .collect(java.util.stream.Collectors.toMap(
                        parts -> parts[0], parts -> parts[1].strip().replace('\t', ' ')));
    }

    /** Processes whose working directory is in there. */
    static List<ProcessHandle> processesIn(Path directory) {
        return ProcessHandle.allProcesses()
                .filter(process -> {
                    try {
                        return Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd"))
                                .startsWith(directory);
                    } catch (IOException e) {
                        return false;
                    }
                })
                .toList();
    }
}
