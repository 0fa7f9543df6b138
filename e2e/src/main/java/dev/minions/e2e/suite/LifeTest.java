package dev.minions.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.minions.ByteSize;
import dev.minions.Command;
import dev.minions.CreateOptions;
import dev.minions.Minions;
import dev.minions.StartOptions;
import dev.minions.StopOptions;
import dev.minions.StopResult.How;
import dev.minions.Vm;
import dev.minions.VmSpec;
import dev.minions.VmState;
import dev.minions.error.MinionsException;
import dev.minions.testkit.Await;
import dev.minions.testkit.census.LeakCensus;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The whole life of one VM on the hypervisor under test. Each test goes on where the one before left the VM, as a boot
 * takes many seconds in the lab; after each, the host holds what that state of a VM takes and nothing else.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@ExtendWith(InOrder.class)
@SuppressWarnings("NullAway.Init") // set before the first test
class LifeTest {
    private static final String NAME = "life";

    /** A host of the lab is an emulated one, and its guests are emulated once more. */
    private static final Duration BOOT = Duration.ofMinutes(5);

    private static final Duration SOON = Duration.ofSeconds(60);

    private static final int CONSOLE_LINES = 40;

    private final LeakCensus census = LabHome.census();
    private LeakCensus.Snapshot empty;
    private List<String> whileRunning = List.of();
    private Minions minions;
    private Vm vm;

    @BeforeAll
    void openOnAnEmptyHost() {
        minions = LabHome.open();
        LabHome.importGuest(minions);
        // What the first VM of all leaves, such as the directory for VMs, is no leak; nor is what a second engine adds.
        minions.create(spec(), CreateOptions.defaults().stopped()).destroy();
        minions.close();
        minions = LabHome.open();
        empty = census.take();
    }

    private static VmSpec spec() {
        return VmSpec.builder(NAME, LabHome.IMAGE)
                .cpus(1)
                .memory(ByteSize.mib(384))
                .build();
    }

    @AfterAll
    void closeAndLeaveNothing() {
        minions.find(NAME).ifPresent(left -> {
            System.out.println("a test failed; what its guest said last:\n" + lastLines(left) + "\n" + journal(left));
            left.destroy();
        });
        minions.close();
        awaitCensus("nothing is left", List.of());
    }

    @Test
    @Order(1)
    void aVmIsCreatedAndItsAgentAnswers() {
        vm = minions.create(spec(), CreateOptions.defaults().bootTimeout(BOOT));

        assertThat(vm.info().state()).isEqualTo(VmState.RUNNING);
        whileRunning = kinds();
        assertThat(whileRunning).anyMatch(line -> line.startsWith("process "));
    }

    @Test
    @Order(2)
    void itsVmmMayDoNothingButItsWork() throws IOException {
        Path process = Path.of("/proc", Long.toString(vm.info().pid().orElseThrow()));

        assertThat(Files.readAllLines(process.resolve("status")))
                .noneMatch(line -> line.matches("[UG]id:.*\\b0\\b.*"))
                .contains("CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1");
        assertThat(seccompOfItsThreads(process)).contains("Seccomp:\t2");
    }

    @Test
    @Order(2)
    void itsVmmHasACgroupOfItsOwnWithLimits() throws IOException {
        assumeTrue(
                Subject.hypervisor().id().value().equals("cloud-hypervisor"),
                "the backend of this hypervisor makes no cgroups");
        String pid = Long.toString(vm.info().pid().orElseThrow());
        String path = Files.readString(Path.of("/proc", pid, "cgroup")).strip().replaceFirst("^0::/", "");
        Path cgroup = Path.of("/sys/fs/cgroup").resolve(path);

        assertThat(path).contains("minions-" + vm.id().shortForm());
        assertThat(Files.readAllLines(cgroup.resolve("cgroup.procs"))).contains(pid);
        for (String limit : List.of("memory.max", "pids.max", "cpu.max")) {
            assertThat(Files.readString(cgroup.resolve(limit))).as(limit).matches("[0-9]+( [0-9]+)?\\n");
        }
    }

    private static List<String> seccompOfItsThreads(Path process) throws IOException {
        List<String> modes = new ArrayList<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(process.resolve("task"))) {
            for (Path thread : threads) {
                Files.readAllLines(thread.resolve("status")).stream()
                        .filter(line -> line.startsWith("Seccomp:"))
                        .forEach(modes::add);
            }
        }
        return modes;
    }

    @Test
    @Order(3)
    void itRunsCommands() {
        assertThat(vm.exec("uname", "-s").stdout()).isEqualTo("Linux\n");
        assertThat(vm.exec("sh", "-c", "echo kept >/root/file; sync; exit 7").exitCode())
                .isEqualTo(7);
        awaitCensus("commands leave nothing on the host", whileRunning);
    }

    @Test
    @Order(4)
    void itRunsOnWhileItsEngineIsRestartedAndIsAdopted() {
        long pid = vm.info().pid().orElseThrow();
        minions.close();

        minions = LabHome.open();
        vm = minions.get(NAME);

        assertThat(vm.info().state()).isEqualTo(VmState.RUNNING);
        assertThat(vm.info().pid()).hasValue(pid);
        assertThat(vm.exec("cat", "/root/file").stdout()).isEqualTo("kept\n");
        awaitCensus("the new engine adds nothing", whileRunning);
    }

    @Test
    @Order(5)
    void itShutsItselfDownWhenStoppedAndHasNoProcessThen() {
        assertThat(vm.stop(StopOptions.defaults().grace(BOOT)).how()).isIn(How.AGENT, How.POWER_BUTTON);
        assertThat(vm.info().state()).isEqualTo(VmState.STOPPED);
        awaitNoProcess();
    }

    @Test
    @Order(6)
    void itStartsAgainWithItsDisk() {
        start();
        assertThat(vm.exec("cat", "/root/file").stdout()).isEqualTo("kept\n");
        awaitCensus("a second start takes what the first took", whileRunning);
    }

    @Test
    @Order(7)
    void itsGuestRebootsItselfInTheSameProcess() {
        long pid = vm.info().pid().orElseThrow();
        String first = bootId();

        vm.exec("systemctl", "--no-block", "reboot");

        Await.until("the guest has booted again", BOOT, () -> hasRebootedSince(first));
        // The agent of the first moments of a boot is handed over to systemd, and may be started anew by it.
        Await.until("its agent stays", SOON, () -> answers("systemctl", "is-active", "minions-agent"));
        assertThat(vm.info().pid()).hasValue(pid);
        assertThat(vm.info().state()).isEqualTo(VmState.RUNNING);
        assertThat(vm.exec("cat", "/root/file").stdout()).isEqualTo("kept\n");
        awaitCensus("a reboot of the guest changes nothing on the host", whileRunning);
    }

    private boolean answers(String program, String... arguments) {
        try {
            return vm.exec(program, arguments).succeeded();
        } catch (MinionsException e) {
            return false; // between two agents
        }
    }

    private String bootId() {
        return vm.exec("cat", "/proc/sys/kernel/random/boot_id").stdout();
    }

    private boolean hasRebootedSince(String first) {
        try {
            return !bootId().equals(first);
        } catch (MinionsException e) {
            return false; // between two agents
        }
    }

    @Test
    @Order(8)
    void itsGuestPanicsAndThatIsSaid() {
        Await.until(
                "the guest has found the device that tells the host of a panic",
                BOOT,
                () -> vm.exec("sh", "-c", "test -d /sys/module/pvpanic_mmio -o -d /sys/module/pvpanic_pci")
                        .succeeded());
        vm.exec("sh", "-c", "(sleep 1; echo c >/proc/sysrq-trigger) >/dev/null 2>&1 &");
        Await.until("the panic is seen", SOON, () -> vm.info().state() == VmState.FAILED);
        assertThat(vm.info().failure())
                .hasValueSatisfying(reason -> assertThat(reason).contains("panic"));
        awaitNoProcess();
    }

    @Test
    @Order(9)
    void itStartsAfterThePanicAndItsVmmIsKilled() {
        start();
        long pid = vm.info().pid().orElseThrow();

        ProcessHandle.of(pid).orElseThrow().destroyForcibly();

        Await.until("the death is seen", SOON, () -> vm.info().state() == VmState.FAILED);
        awaitNoProcess();
    }

    @Test
    @Order(10)
    void itIsDestroyedWithoutTrace() {
        vm.destroy();

        assertThat(minions.find(NAME)).isEmpty();
        awaitCensus("nothing is left", List.of());
    }

    private void start() {
        vm.start(StartOptions.defaults().bootTimeout(BOOT));
        assertThat(vm.info().state()).isEqualTo(VmState.RUNNING);
    }

    private void awaitNoProcess() {
        Await.until(
                "no process is left",
                SOON,
                () -> kinds().stream().noneMatch(line -> line.startsWith("process ") || line.startsWith("port ")));
    }

    private void awaitCensus(String what, List<String> expected) {
        try {
            Await.until(what, SOON, () -> kinds().equals(expected));
        } catch (AssertionError e) {
            assertThat(kinds()).as(what).isEqualTo(expected);
            throw e;
        }
    }

    private static String journal(Vm vm) {
        String script = "cat /run/minions-agent.log; journalctl -b --no-pager -o short-monotonic | tail -n "
                + 2 * CONSOLE_LINES;
        try {
            return vm.exec(Command.of("sh", "-c", script).within(SOON)).stdout();
        } catch (MinionsException e) {
            return "its journal cannot be had: " + e.getMessage();
        }
    }

    private static String lastLines(Vm vm) {
        List<String> lines = vm.console().text().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - CONSOLE_LINES), lines.size()));
    }

    /**
     * What is on the host beyond what was there before the VM, without the numbers and ids that change from start to
     * start, and without what a log had before it was turned over. What there may be several of counts once: a log has a
     * process only when there is something to write.
     */
    private List<String> kinds() {
        return census.take().moreThan(empty).stream()
                .filter(line -> !line.endsWith(".prev"))
                .map(line -> line.replaceAll("\\b\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}\\b", "ID")
                        .replaceAll("\\b\\d+\\b", "N"))
                .distinct()
                .sorted()
                .toList();
    }
}
