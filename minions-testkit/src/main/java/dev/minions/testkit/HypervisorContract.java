package dev.minions.testkit;

import static dev.minions.testkit.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.spi.MemorySnapshots;
import dev.minions.spi.Pausing;
import dev.minions.spi.VmPlace;
import dev.minions.spi.Vmm;
import dev.minions.spi.process.HostDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Hypervisor} promises. Some twenty machines are started in all, most of which are killed before they are
 * up, so that it can be passed in software emulation too.
 *
 * {@snippet :
 * class MyHypervisorTest extends HypervisorContract {
 *     @Override
 *     protected BackendFactory<Hypervisor> factory() {
 *         return MyHypervisor.onPath();
 *     }
 *
 *     @Override
 *     protected Guest guest() {
 *         return new Guest(kernel, Optional.of(initrd), "quiet", disk, "init is up", PowerButton.HEEDED);
 *     }
 * }
 * }
 */
public abstract class HypervisorContract {
    /** How soon the death of a process must have been noticed that nobody asked for, on the slowest of hosts. */
    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    private static final Duration SOON = Duration.ofSeconds(20);

    private final HostDirectories directories = new HostDirectories();
    private final TestMachines machines = new TestMachines(directories);
    private Hypervisor hypervisor;

    /**
     * A guest that boots.
     *
     * @param kernel its kernel
     * @param initrd its initramfs, if it needs one
     * @param kernelArguments its command line but for the console
     * @param disk a raw disk; each machine gets a copy
     * @param consoleMark what it writes to its console once it is up, and lets go of devices that are taken from it
     * @param powerButton whether it powers itself off when the button is pressed
     * @param panicArguments a command line with which its kernel panics, if there is one
     */
    public record Guest(
            Path kernel,
            Optional<Path> initrd,
            String kernelArguments,
            Path disk,
            String consoleMark,
            PowerButton powerButton,
            Optional<String> panicArguments) {}

    /** What a guest does when its power button is pressed. */
    public enum PowerButton {
        /** It powers itself off. */
        HEEDED,
        /** Nothing; that the button can be pressed is tested all the same. */
        IGNORED
    }

    /** For subclasses. */
    @SuppressWarnings("NullAway.Init") // the hypervisor belongs to a test, and is there before it begins
    protected HypervisorContract() {}

    /**
     * What opens the hypervisor. It is opened several times in a test, as a restarted process would, and once in another
     * JVM, where it is called on a new object of this class.
     */
    protected abstract BackendFactory<Hypervisor> factory();

    /** A guest that boots; asked for once a test. */
    protected abstract Guest guest();

    /** Ends a VMM's process as {@code kill -9} does. */
    protected void killHard(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Whether a VMM's process runs. */
    protected boolean runs(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    /**
     * Starts the machine in another process and kills that one, as {@code kill -9} does, once the machine runs.
     *
     * @param context what the hypervisor is opened for
     * @return the pid of the VMM
     */
    protected long startInAProcessThatIsKilled(BackendContext context, MachineSpec machine) {
        return ShortLivedProcess.startAndKill(getClass(), context, machine);
    }

    @BeforeEach
    final void openHypervisor() {
        hypervisor = open();
    }

    @AfterEach
    final void removeEverything() {
        machines.places().forEach(hypervisor::remove);
        hypervisor.close();
        directories.close();
    }

    @Test
    void aMachineIsStartedFoundByOthersAndSwitchedOff() {
        Guest guest = guest();
        MachineSpec machine = machines.machine(guest, Lifetime.DURABLE);
        Vmm vmm = hypervisor.start(machine);
        long pid = vmm.pid().orElseThrow();

        assertThat(runs(pid)).isTrue();
        assertThat(vmm.awaitExit(Duration.ZERO)).isEmpty();
        assertThat(machine.place().run()).isDirectory();
        assertThat(vmm.paths().values()).allSatisfy(path -> assertThat(path).exists());
        assertNoSecondStart(machine, pid);

        vmm.close();
        vmm.close();
        openAnew();
        try (Hypervisor other = open();
                Vmm found = other.find(machine.place()).orElseThrow()) {
            assertThat(found.pid()).as("the same process").hasValue(pid);
            awaitConsole(machine, guest.consoleMark());
            assertInterruptible(found);
            found.pressPowerButton();
            if (guest.powerButton() == PowerButton.HEEDED) {
                assertEnds(found, Vmm.Cause.GUEST_POWERED_OFF);
                assertThat(hypervisor.find(machine.place()).flatMap(late -> late.awaitExit(Duration.ZERO)))
                        .as("what a later one learns")
                        .hasValueSatisfying(exit -> assertThat(exit.cause()).isEqualTo(Vmm.Cause.GUEST_POWERED_OFF));
                assertThat(runs(pid)).isFalse();
            }
        }
        assertRemovedWithoutTrace(machine);
    }

    /** The last fence: whatever an engine believes, one disk has one VMM. */
    private void assertNoSecondStart(MachineSpec machine, long pid) {
        MachineSpec thief = machines.onDiskOf(machine);
        assertFails(ErrorCode.HYPERVISOR_ERROR, () -> hypervisor.start(thief).close());
        hypervisor.remove(thief.place());

        assertThat(runs(pid)).as("the rightful one").isTrue();
    }

    private void assertInterruptible(Vmm vmm) {
        var waiting = Workers.begin(() -> vmm.awaitExit(SOON));
        waiting.awaitWaiting();
        waiting.interrupt();
        assertFails(ErrorCode.CALL_INTERRUPTED, waiting::result);
        assertThat(vmm.pid()).isPresent();
    }

    @Test
    void whoWatchesNoticesAtOnceThatAVmmWasKilled() {
        MachineSpec machine = machines.machine(guest(), Lifetime.DURABLE);
        try (Vmm vmm = hypervisor.start(machine);
                Hypervisor other = open();
                Vmm elsewhere = other.find(machine.place()).orElseThrow()) {
            long pid = vmm.pid().orElseThrow();
            var here = Workers.begin(() -> noticed(vmm));
            var there = Workers.begin(() -> noticed(elsewhere));
            here.awaitWaiting();
            there.awaitWaiting();

            long killed = System.nanoTime();
            killHard(pid);

            assertThat(Duration.ofNanos(Math.max(here.result(), there.result()) - killed))
                    .isLessThan(AT_ONCE);
            assertEnds(vmm, Vmm.Cause.KILLED);
            assertThat(vmm.pid()).isEmpty();
            assertFails(ErrorCode.HYPERVISOR_ERROR, vmm::pressPowerButton);
            assertFails(ErrorCode.VMM_EXITED, () -> vmm.channel().open(0, SOON).close());
            vmm.kill();
        }
        try (Vmm again = hypervisor.start(machine)) {
            assertThat(again.pid())
                    .as("a VM whose VMM died can be started again")
                    .isPresent();
            again.kill();
            again.kill();
            assertEnds(again, Vmm.Cause.KILLED);
        }
    }

    private static long noticed(Vmm vmm) {
        assertThat(vmm.awaitExit(SOON)).isPresent();
        return System.nanoTime();
    }

    @Test
    void removingEndsWhatRunsAndLeavesNothing() {
        MachineSpec machine = machines.machine(guest(), Lifetime.DURABLE);
        long pid = hypervisor.start(machine).pid().orElseThrow();
        openAnew();

        assertRemovedWithoutTrace(machine);

        assertThat(runs(pid)).isFalse();
        assertThat(hypervisor.find(machine.place())).isEmpty();
        hypervisor.remove(machine.place());
    }

    @Test
    void removingFollowsNoLink() throws IOException {
        MachineSpec machine = machines.machine(guest(), Lifetime.DURABLE);
        Path precious = Files.writeString(directories.root().resolve("precious"), "not the VMM's");
        hypervisor.start(machine).close();
        Files.createSymbolicLink(machine.place().run().resolve("link"), directories.root());
        Files.createSymbolicLink(machine.place().run().resolve("file"), precious);

        hypervisor.remove(machine.place());

        assertThat(machine.place().run()).doesNotExist();
        assertThat(precious).hasContent("not the VMM's");
    }

    @Test
    void aMachineThatWasNeverStartedIsNotFoundAndIsRemovedWithSuccess() {
        MachineSpec machine = machines.machine(guest(), Lifetime.DURABLE);
        List<String> before = HostDirectories.files(directories.root());

        assertThat(hypervisor.find(machine.place())).isEmpty();
        hypervisor.remove(machine.place());
        hypervisor.remove(machine.place());

        assertThat(HostDirectories.files(directories.root())).isEqualTo(before);
    }

    @Test
    void aMachineThatCannotBeStartedSaysWhyAndLeavesNothing() {
        MachineSpec whole = machines.machine(guest(), Lifetime.DURABLE);
        MachineSpec broken = TestMachines.with(whole, Path.of("/no/such/kernel"), whole.kernelArguments());

        try (Vmm vmm = hypervisor.start(broken)) {
            assertThat(vmm.awaitExit(SOON)).as("it ends soon").isPresent();
            assertThat(vmm.errorTail()).as("what the VMM said").isNotBlank();
        } catch (MinionsException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.HYPERVISOR_ERROR);
            assertThat(e.getMessage()).as("what the VMM said").isNotBlank();
        }

        hypervisor.remove(broken.place());
        assertThat(hypervisor.find(broken.place())).isEmpty();
        assertThat(broken.place().run()).doesNotExist();
    }

    @Test
    void anEphemeralMachineEndsWithTheProcessThatStartedIt() {
        MachineSpec machine = machines.machine(guest(), Lifetime.EPHEMERAL);

        long pid = startInAProcessThatIsKilled(directories.context(), machine);

        Await.until("vmm " + pid + " has ended", Duration.ofSeconds(10), () -> !runs(pid));
        assertRemovedWithoutTrace(machine);
    }

    @Test
    void aDurableMachineOutlivesTheProcessThatStartedIt() {
        MachineSpec machine = machines.machine(guest(), Lifetime.DURABLE);

        long pid = startInAProcessThatIsKilled(directories.context(), machine);

        try (Vmm found = hypervisor.find(machine.place()).orElseThrow()) {
            assertThat(found.pid()).hasValue(pid);
            assertThat(found.awaitExit(AT_ONCE)).isEmpty();
        }
    }

    @Test
    void machinesThatAreStartedAtOnceAreDifferentMachines() {
        Guest guest = guest();
        List<MachineSpec> specs = Stream.generate(() -> machines.machine(guest, Lifetime.DURABLE))
                .limit(3)
                .toList();

        List<Vmm> vmms = Workers.atOnce(3, number -> hypervisor.start(specs.get(number)));

        assertThat(vmms).extracting(Vmm::pid).doesNotHaveDuplicates().allMatch(pid -> pid.isPresent());
        hypervisor.remove(specs.get(0).place());
        assertThat(vmms.get(1).pid()).as("the others run on").isPresent();
        vmms.forEach(Vmm::close);
    }

    @Test
    void aKernelThatPanicsIsToldFromOneThatPowersOff() {
        Guest guest = guest();
        assumeTrue(guest.panicArguments().isPresent(), "this guest knows no way to panic");
        MachineSpec machine = machines.machine(guest, Lifetime.DURABLE);
        MachineSpec panicking = TestMachines.with(
                machine, machine.kernel(), guest.panicArguments().orElseThrow());

        try (Vmm vmm = hypervisor.start(panicking)) {
            assertThat(vmm.awaitExit(hypervisor.traits().bootLimit()))
                    .hasValueSatisfying(exit -> assertThat(exit.cause()).isEqualTo(Vmm.Cause.GUEST_PANICKED));
        }
    }

    @Test
    void aPausedMachineStandsStillAndGoesOn() {
        Guest guest = guest();
        MachineSpec machine = machines.machine(guest, Lifetime.DURABLE);
        try (Vmm vmm = hypervisor.start(machine)) {
            assumeTrue(vmm.pausing().isPresent(), "this hypervisor cannot pause a machine");
            Pausing pausing = vmm.pausing().orElseThrow();
            assertThat(pausing.isPaused()).isFalse();
            awaitConsole(machine, guest.consoleMark());

            pausing.pause();
            pausing.pause();

            try (Vmm found = hypervisor.find(machine.place()).orElseThrow()) {
                Pausing elsewhere = found.pausing().orElseThrow();
                assertThat(elsewhere.isPaused()).isTrue();
                elsewhere.resume();
                elsewhere.resume();
            }
            assertThat(pausing.isPaused()).isFalse();
            assertHeedsPowerButton(guest, vmm);
        }
    }

    @Test
    void aSavedMachineGoesOnInAnotherPlaceAndMoreThanOnce() {
        MemorySnapshots memory = memorySnapshots();
        Guest guest = guest();
        MachineSpec machine = machines.machine(guest, Lifetime.DURABLE);
        MachineSpec other = machines.machine(guest, Lifetime.DURABLE);
        Path saved = machine.place().records().resolve("saved");
        try (Vmm vmm = hypervisor.start(machine)) {
            awaitConsole(machine, guest.consoleMark());
            vmm.pausing().orElseThrow().pause();

            memory.save(machine.place(), saved);

            assertThat(vmm.pausing().orElseThrow().isPaused()).isTrue();
            vmm.pausing().orElseThrow().resume();
            assertHeedsPowerButton(guest, vmm);
            vmm.kill();
        }
        for (int i = 0; i < 2; i++) {
            try (Vmm restored = memory.restore(other, saved)) {
                Pausing pausing = restored.pausing().orElseThrow();
                assertThat(pausing.isPaused()).isTrue();
                pausing.resume();
                assertThat(pausing.isPaused()).isFalse();
                assertHeedsPowerButton(guest, restored);
                restored.kill();
            }
        }
        HostDirectory.remove(saved);
        assertRemovedWithoutTrace(other);
        assertRemovedWithoutTrace(machine);
    }

    @Test
    void onlyAPausedMachineIsSavedAndNothingIsWrittenOver() throws IOException {
        MemorySnapshots memory = memorySnapshots();
        MachineSpec machine = machines.machine(guest(), Lifetime.DURABLE);
        Path saved = machine.place().records().resolve("saved");
        assertFails(ErrorCode.WRONG_STATE, () -> memory.save(machine.place(), saved));
        try (Vmm vmm = hypervisor.start(machine)) {
            assertFails(ErrorCode.WRONG_STATE, () -> memory.save(machine.place(), saved));
            assertThat(saved).doesNotExist();
            vmm.pausing().orElseThrow().pause();
            Files.createDirectory(saved);

            assertFails(ErrorCode.WRONG_STATE, () -> memory.save(machine.place(), saved));

            assertThat(saved).isEmptyDirectory();
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            memory.save(machine.place(), directories.root().resolve("elsewhere")));
            vmm.kill();
        }
    }

    @Test
    void whatIsNoSavedMemoryIsNotRestoredAndNothingRuns() throws IOException {
        MemorySnapshots memory = memorySnapshots();
        MachineSpec machine = machines.machine(guest(), Lifetime.DURABLE);
        Path empty = Files.createDirectory(directories.root().resolve("empty"));

        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> memory.restore(machine, empty).close())
                .withMessageContaining(empty.toString());

        assertThat(hypervisor
                        .find(machine.place())
                        .flatMap(vmm -> vmm.pid().stream().boxed().findAny()))
                .isEmpty();
    }

    private MemorySnapshots memorySnapshots() {
        assumeTrue(hypervisor.memorySnapshots().isPresent(), "this hypervisor keeps no memory");
        return hypervisor.memorySnapshots().orElseThrow();
    }

    private static void assertHeedsPowerButton(Guest guest, Vmm vmm) {
        vmm.pressPowerButton();
        if (guest.powerButton() == PowerButton.HEEDED) {
            assertEnds(vmm, Vmm.Cause.GUEST_POWERED_OFF);
        }
    }

    @Test
    void aDiskIsAddedOnceAndFreeAgainWhenTheGuestHasLetGoOfIt() {
        hotPlug().aDiskIsAddedOnceAndFreeAgainWhenTheGuestHasLetGoOfIt();
    }

    @Test
    void aDiskThatTheMachineWasStartedWithIsTakenAwayAndAnotherTakesItsPlace() {
        hotPlug().aDiskThatTheMachineWasStartedWithIsTakenAwayAndAnotherTakesItsPlace();
    }

    @Test
    void whatIsNoDiskIsNotAddedAndTheMachineRunsOn() {
        hotPlug().whatIsNoDiskIsNotAddedAndTheMachineRunsOn();
    }

    @Test
    void aDiskGrowsWhileTheMachineRuns() {
        hotPlug().aDiskGrowsWhileTheMachineRuns();
    }

    @Test
    void aMachineGetsCpusAndMemoryAsFarAsItMayGrow() {
        hotPlug().aMachineGetsCpusAndMemoryAsFarAsItMayGrow();
    }

    private HotPlugRules hotPlug() {
        Guest guest = guest();
        return new HotPlugRules(hypervisor, machines, guest, machine -> awaitConsole(machine, guest.consoleMark()));
    }

    @Test
    void aHypervisorIsTheSameEveryTimeItIsOpened() {
        try (Hypervisor second = open()) {
            assertThat(second.id())
                    .isEqualTo(hypervisor.id())
                    .isEqualTo(factory().id());
            assertThat(second.configuration())
                    .isEqualTo(hypervisor.configuration())
                    .doesNotContain("\n");
            assertThat(second.traits()).isEqualTo(hypervisor.traits());
            assertThat(second.description()).isNotBlank();
        }
        assertThat(hypervisor.traits().maxCpus()).isPositive();
        assertThat(hypervisor.traits().bootLimit()).isPositive();
        assertThat(hypervisor.traits().disks()).isNotEmpty();
        hypervisor.close();
        hypervisor.close();
    }

    @Test
    void lookingWhetherItWorksChangesNothing() {
        List<String> before = HostDirectories.files(directories.root());

        assertThat(factory().probe()).isNotEmpty();

        assertThat(HostDirectories.files(directories.root())).isEqualTo(before);
    }

    private Hypervisor open() {
        return factory().open(directories.context());
    }

    private void openAnew() {
        hypervisor.close();
        hypervisor = open();
    }

    private static void assertEnds(Vmm vmm, Vmm.Cause cause) {
        assertThat(vmm.awaitExit(Duration.ofMinutes(1)))
                .hasValueSatisfying(exit -> assertThat(exit.cause()).isEqualTo(cause));
    }

    private void awaitConsole(MachineSpec machine, String mark) {
        Await.until(
                "'" + mark + "' on the console of vm " + machine.place().vm(),
                hypervisor.traits().bootLimit(),
                () -> TestMachines.text(hypervisor.consoleFiles(machine.place()))
                        .contains(mark));
    }

    /** Only the console and what the VMM itself said may stay, for whoever asks why. */
    private void assertRemovedWithoutTrace(MachineSpec machine) {
        VmPlace place = machine.place();
        List<Path> console = hypervisor.consoleFiles(place);

        hypervisor.remove(place);

        assertThat(place.run()).doesNotExist();
        assertThat(hypervisor.find(place)).isEmpty();
        assertThat(HostDirectories.files(place.records()))
                .as("the console, and what the VMM itself said in one log of at most two files")
                .filteredOn(file -> !console.contains(place.records().resolve(file)))
                .hasSizeLessThanOrEqualTo(2);
    }
}
