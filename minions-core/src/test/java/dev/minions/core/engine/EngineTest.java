package dev.minions.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.minions.AttachedDisk;
import dev.minions.ByteSize;
import dev.minions.Command;
import dev.minions.CreateOptions;
import dev.minions.DestroyOptions;
import dev.minions.ImageRef;
import dev.minions.PortForward;
import dev.minions.ProjectName;
import dev.minions.StartOptions;
import dev.minions.StopOptions;
import dev.minions.StopResult;
import dev.minions.StopResult.How;
import dev.minions.VmId;
import dev.minions.VmInfo;
import dev.minions.VmSpec;
import dev.minions.VmState;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.event.Event;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.spi.VmRecord;
import dev.minions.spi.Vmm;
import dev.minions.testkit.fake.FakeCall;
import dev.minions.testkit.fake.FakeHost;
import dev.minions.testkit.fake.Fault;
import dev.minions.testkit.fake.ProcessKilled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineTest {
    private static final ProjectName PROJECT = ProjectName.DEFAULT;
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    Path directory;

    private TestHost test;
    private FakeHost process;
    private Engine engine;

    @BeforeEach
    void open() {
        test = new TestHost(directory);
        process = test.host.anotherProcess();
        engine = test.engine(process);
    }

    @AfterEach
    void everythingBelongsToSomebody() {
        engine.close();
        test.requireNothingLeaked();
    }

    private VmId create(String name) {
        return engine.create(PROJECT, TestHost.spec(name), CreateOptions.defaults(), Lifetime.DURABLE);
    }

    @Test
    void aCreatedVmRunsAndOutlivesItsEngine() {
        VmId id = create("web");
        engine.close();
        engine = test.engine();
        assertThat(engine.info(id).state()).isEqualTo(VmState.RUNNING);
        assertThat(engine.info(id).pid()).isPresent();
    }

    @Test
    void aVmThatIsOnlyMadeHasNoProcess() {
        VmId id = engine.create(
                PROJECT, TestHost.spec("web"), CreateOptions.defaults().stopped(), Lifetime.DURABLE);
        assertThat(engine.info(id).state()).isEqualTo(VmState.STOPPED);
        assertThat(test.host.running()).isEmpty();
        engine.start(id, StartOptions.defaults());
        assertThat(engine.info(id).state()).isEqualTo(VmState.RUNNING);
    }

    @Test
    void aNameInUseIsRefusedAndTheVmThatHasItIsLeftAlone() {
        VmId first = create("web");
        VmInfo before = engine.info(first);
        assertFails(ErrorCode.VM_EXISTS, () -> create("web"));
        assertThat(engine.info(first)).isEqualTo(before);
    }

    @Test
    void anAttachedDiskGoesToOneRunningVmAndOutlivesEveryVm() throws IOException {
        Path disk = Files.write(directory.resolve("attached"), new byte[512]);
        VmId first = engine.create(PROJECT, withDisk("one", disk), CreateOptions.defaults(), Lifetime.DURABLE);
        assertFails(
                ErrorCode.HYPERVISOR_ERROR,
                () -> engine.create(PROJECT, withDisk("two", disk), CreateOptions.defaults(), Lifetime.DURABLE));
        assertThat(test.vms()).extracting(VmRecord::id).containsExactly(first);
        engine.destroy(first, DestroyOptions.defaults());
        assertThat(disk).exists();
    }

    @Test
    void anAttachedDiskThatIsNotThereIsRefusedBeforeAnythingIsMade() {
        VmSpec spec = withDisk("web", directory.resolve("nowhere"));
        assertFails(
                ErrorCode.PATH_NOT_FOUND,
                () -> engine.create(PROJECT, spec, CreateOptions.defaults(), Lifetime.DURABLE));
        assertThat(test.vms()).isEmpty();
    }

    private static VmSpec withDisk(String name, Path disk) {
        return TestHost.spec(name).toBuilder()
                .attach(AttachedDisk.readWrite(disk))
                .build();
    }

    @Test
    void aNameIsMadeUpWhenNoneIsGiven() {
        VmSpec unnamed = VmSpec.builder(ImageRef.of("debian"))
                .memory(ByteSize.mib(128))
                .disk(ByteSize.mib(128))
                .build();
        VmId id = engine.create(PROJECT, unnamed, CreateOptions.defaults().stopped(), Lifetime.DURABLE);
        assertThat(engine.info(id).name().value()).matches("[a-z]+-[a-z]+-[0-9]+");
    }

    @Test
    void numbersBelongToAVmRunningOrNotAndAreNeverSharedByTwo() {
        VmInfo first = engine.info(create("first"));
        engine.stop(first.id(), StopOptions.defaults());
        VmInfo second = engine.info(create("second"));
        assertThat(engine.info(first.id()).ip()).isEqualTo(first.ip());
        assertThat(second.ip()).isNotEqualTo(first.ip());
        assertThat(second.cid()).isNotEqualTo(first.cid());
        assertThat(second.mac()).isNotEqualTo(first.mac());
    }

    @Test
    void whatFailsHalfwayIsUndone() {
        process.failing(
                FakeCall.VMM_START, Fault.error(ErrorCode.HYPERVISOR_ERROR).at(Fault.Moment.HALFWAY));
        assertFails(ErrorCode.HYPERVISOR_ERROR, () -> create("web"));
        assertThat(test.vms()).isEmpty();
        assertThat(test.host.connected()).isEmpty();
    }

    @Test
    void whatCannotBeUndoneIsNamedAndUndoneByTheNextChange() {
        process.failing(FakeCall.VMM_START);
        process.failing(FakeCall.NETWORK_DETACH);
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> create("web"))
                .satisfies(e ->
                        assertThat(e.leftovers()).singleElement().asString().contains("network.detach"));
        assertThat(engine.list(PROJECT)).singleElement().matches(VmInfo::recovering);
        process.mend();
        create("other");
        assertThat(engine.list(PROJECT))
                .singleElement()
                .matches(vm -> vm.name().value().equals("other"));
    }

    @Test
    void aGuestThatNeverComesUpEndsTheCreateByItsDeadlineWithTheLastWordsOfItsConsole() {
        test.host.guests(TestHost.guest().neverBooting());
        CreateOptions options = CreateOptions.defaults().bootTimeout(SHORT);
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> engine.create(PROJECT, TestHost.spec("web"), options, Lifetime.DURABLE))
                .returns(ErrorCode.BOOT_TIMEOUT, MinionsException::code)
                .withMessageContaining("fake kernel")
                .withMessageContaining("--boot-timeout")
                .satisfies(e -> assertThat(e.operation()).isPresent());
        assertThat(test.vms()).isEmpty();
    }

    @Test
    void aMachineThatEndsWhileItBootsEndsTheCreateAtOnceAndSaysHow() {
        Vmm.Exit panic = new Vmm.Exit(Vmm.Cause.GUEST_PANICKED, OptionalInt.empty(), "kernel panic");
        test.host.guests(TestHost.guest().neverBooting().endingAfter(SHORT, panic));
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> create("web"))
                .returns(ErrorCode.VMM_EXITED, MinionsException::code)
                .withMessageContaining("kernel panic");
    }

    @Test
    void aVmThatDoesNotComeUpStaysForInspectionIfWanted() {
        test.host.guests(TestHost.guest().neverBooting());
        CreateOptions options = CreateOptions.defaults().bootTimeout(SHORT).keepOnFailure();
        assertFails(
                ErrorCode.BOOT_TIMEOUT, () -> engine.create(PROJECT, TestHost.spec("web"), options, Lifetime.DURABLE));
        VmInfo kept = engine.list(PROJECT).get(0);
        assertThat(kept.state()).isEqualTo(VmState.FAILED);
        assertThat(kept.failure()).isPresent();
        assertThat(engine.console(kept.id()).text()).contains("fake kernel");
        test.host.guests(TestHost.guest());
        engine.start(kept.id(), StartOptions.defaults());
        assertThat(engine.info(kept.id()).state()).isEqualTo(VmState.RUNNING);
    }

    @Test
    void aStopSaysHowTheGuestCameToStop() {
        VmId id = create("web");
        assertThat(stop(id, Duration.ofSeconds(5)).how()).isEqualTo(How.POWER_BUTTON);
        assertThat(stop(id, Duration.ofSeconds(5)).how()).isEqualTo(How.ALREADY_STOPPED);
        test.host.guests(TestHost.guest().ignoringThePowerButton());
        engine.start(id, StartOptions.defaults());
        assertThat(stop(id, SHORT).how()).isEqualTo(How.KILLED);
        assertThat(test.host.running()).isEmpty();
    }

    @Test
    void aButtonThatIsNotNoticedIsPressedAgain() {
        test.host.guests(TestHost.guest().losingPresses(1));
        VmId id = create("web");

        assertThat(stop(id, Duration.ofSeconds(20)).how()).isEqualTo(How.POWER_BUTTON);
    }

    @Test
    void anAgentWhoseGuestRebootsInsteadIsAskedAgainWhenItIsBack() {
        AtomicInteger asked = new AtomicInteger();
        test.agentsShuttingDown(vm -> {
            if (asked.incrementAndGet() == 2) {
                test.host.endVmm(vm.id(), Vmm.Cause.GUEST_POWERED_OFF);
            }
            return true;
        });
        Engine patient = test.engine();
        VmId id = patient.create(PROJECT, TestHost.spec("web"), CreateOptions.defaults(), Lifetime.DURABLE);

        StopResult result = patient.stop(id, StopOptions.defaults().grace(Duration.ofSeconds(90)));
        patient.close();

        assertThat(result.how()).isEqualTo(How.AGENT);
        assertThat(result.took()).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void anAgentThatWasAwayIsAskedWhenItIsBackThoughTheButtonIsPressed() {
        AtomicInteger asked = new AtomicInteger();
        test.agentsShuttingDown(vm -> {
            if (asked.incrementAndGet() == 1) {
                throw new MinionsException(ErrorCode.AGENT_TIMEOUT, "the guest boots");
            }
            test.host.endVmm(vm.id(), Vmm.Cause.GUEST_POWERED_OFF);
            return true;
        });
        test.host.guests(TestHost.guest().ignoringThePowerButton());
        Engine patient = test.engine();
        VmId id = patient.create(PROJECT, TestHost.spec("web"), CreateOptions.defaults(), Lifetime.DURABLE);

        StopResult result = patient.stop(id, StopOptions.defaults().grace(Duration.ofSeconds(90)));
        patient.close();

        assertThat(result.how()).isEqualTo(How.AGENT);
        assertThat(result.took()).isLessThan(Duration.ofSeconds(30));
    }

    private StopResult stop(VmId id, Duration grace) {
        return engine.stop(id, StopOptions.defaults().grace(grace));
    }

    @Test
    void aGuestThatPowersItselfOffIsStoppedAndOneThatIsKilledHasFailed() {
        VmId off = create("off");
        VmId killed = create("killed");
        test.host.endVmm(off, Vmm.Cause.GUEST_POWERED_OFF);
        test.host.killVmm(killed);
        assertThat(engine.info(off).state()).isEqualTo(VmState.STOPPED);
        assertThat(engine.info(killed).state()).isEqualTo(VmState.FAILED);
        Await.until("both ends are written down", () -> events(Event.Type.STOPPED, Event.Type.FAILED) == 2);
        engine.start(killed, StartOptions.defaults());
        assertThat(engine.info(killed).state()).isEqualTo(VmState.RUNNING);
    }

    private long events(Event.Type... types) {
        return engine.events(PROJECT, 0, 1000).stream()
                .filter(event -> List.of(types).contains(event.type()))
                .count();
    }

    @Test
    void startingAVmThatRunsChangesNothing() {
        VmId id = create("web");
        VmInfo before = engine.info(id);
        engine.start(id, StartOptions.defaults());
        assertThat(engine.info(id)).isEqualTo(before);
    }

    @Test
    void aSecondOperationWaitsItsTurnAndThenNamesTheOneInItsWay() throws Exception {
        test.host.guests(TestHost.guest().neverBooting());
        Thread creator = Thread.ofVirtual().start(() -> tolerate(() -> create("web")));
        Await.until("the create waits for the guest", () -> !test.host.running().isEmpty());
        VmId id = engine.find(PROJECT, "web").orElseThrow();
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> engine.start(id, StartOptions.defaults().waitAtMost(SHORT)))
                .returns(ErrorCode.VM_BUSY, MinionsException::code)
                .withMessageContaining("'create'");
        assertThat(engine.info(id).activity())
                .hasValueSatisfying(a -> assertThat(a.orphaned()).isFalse());
        engine.destroy(id, DestroyOptions.defaults());
        creator.join();
        assertThat(test.vms()).isEmpty();
    }

    @Test
    void destroyCancelsACreateOfAnotherProcess() throws Exception {
        test.host.guests(TestHost.guest().neverBooting());
        Engine other = test.engine();
        Thread creator = Thread.ofVirtual()
                .start(() -> tolerate(
                        () -> other.create(PROJECT, TestHost.spec("web"), CreateOptions.defaults(), Lifetime.DURABLE)));
        Await.until("the create waits for the guest", () -> !test.host.running().isEmpty());
        engine.destroy(engine.find(PROJECT, "web").orElseThrow(), DestroyOptions.defaults());
        creator.join();
        assertThat(test.vms()).isEmpty();
        other.close();
    }

    @Test
    void anInterruptedCreateUndoesItself() throws Exception {
        test.host.guests(TestHost.guest().neverBooting());
        Thread creator = Thread.ofPlatform().start(() -> tolerate(() -> create("web")));
        Await.until("the create waits for the guest", () -> !test.host.running().isEmpty());
        creator.interrupt();
        creator.join();
        assertThat(test.vms()).isEmpty();
    }

    private static void tolerate(Runnable call) {
        try {
            call.run();
        } catch (MinionsException expected) {
            assertThat(expected.code()).isIn(ErrorCode.CANCELLED, ErrorCode.VMM_EXITED, ErrorCode.CALL_INTERRUPTED);
        }
    }

    @Test
    void ofTenCreatesOfOneNameAtOnceOneSucceeds() throws Exception {
        List<Thread> threads = IntStream.range(0, 10)
                .mapToObj(i -> Thread.ofVirtual().start(() -> {
                    Engine own = test.engine();
                    try {
                        own.create(PROJECT, TestHost.spec("web"), CreateOptions.defaults(), Lifetime.DURABLE);
                    } catch (MinionsException e) {
                        assertThat(e.code()).isEqualTo(ErrorCode.VM_EXISTS);
                    } finally {
                        own.close();
                    }
                }))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(engine.list(PROJECT)).singleElement().returns(VmState.RUNNING, VmInfo::state);
    }

    @Test
    void aDeadEnginesCreateIsShownAsRecoveringAndUndoneByTheNextChangeOnly() {
        FakeHost dying = test.host.anotherProcess();
        dying.failing(FakeCall.VMM_START, Fault.hanging());
        Engine dead = test.engine(dying);
        Thread.ofVirtual()
                .start(() -> assertThatExceptionOfType(ProcessKilled.class)
                        .isThrownBy(() -> dead.create(
                                PROJECT, TestHost.spec("web"), CreateOptions.defaults(), Lifetime.DURABLE)));
        Await.until("the create has its network", () -> !test.host.connected().isEmpty());
        dying.kill();
        assertThat(engine.list(PROJECT)).singleElement().matches(VmInfo::recovering);
        assertThat(engine.list(PROJECT)).as("reading recovers nothing").hasSize(1);
        VmId other = create("other");
        assertThat(engine.list(PROJECT)).singleElement().returns(other, VmInfo::id);
    }

    @Test
    void anEphemeralVmGoesWithItsEngineWhetherThatIsClosedOrKilled() {
        FakeHost killed = test.host.anotherProcess();
        test.engine(killed).create(PROJECT, TestHost.spec("killed"), CreateOptions.defaults(), Lifetime.EPHEMERAL);
        Engine closed = test.engine();
        closed.create(PROJECT, TestHost.spec("closed"), CreateOptions.defaults(), Lifetime.EPHEMERAL);
        closed.close();
        killed.kill();
        assertThat(test.host.running()).isEmpty();
        create("other");
        assertThat(engine.list(PROJECT))
                .singleElement()
                .matches(vm -> vm.name().value().equals("other"));
    }

    @Test
    void anIdempotencyKeyGivesTheSameVmForTheSameSpecAndRefusesAnother() {
        VmSpec spec = TestHost.spec("web").toBuilder().idempotencyKey("order-7").build();
        VmId first = engine.create(PROJECT, spec, CreateOptions.defaults(), Lifetime.DURABLE);
        assertThat(engine.create(PROJECT, spec, CreateOptions.defaults(), Lifetime.DURABLE))
                .isEqualTo(first);
        VmSpec other = spec.toBuilder().cpus(1).build();
        assertFails(
                ErrorCode.IDEMPOTENCY_MISMATCH,
                () -> engine.create(PROJECT, other, CreateOptions.defaults(), Lifetime.DURABLE));
    }

    @Test
    void aVmIsFoundByNameByIdAndByTheTailOfItsId() {
        VmId id = create("web");
        assertThat(engine.find(PROJECT, "web")).contains(id);
        assertThat(engine.find(PROJECT, id.toString())).contains(id);
        assertThat(engine.find(PROJECT, id.shortForm().substring(6))).contains(id);
        assertThat(engine.find(PROJECT, id.shortForm().substring(8))).isEmpty();
        assertThat(engine.find(PROJECT, "..")).isEmpty();
        assertThat(engine.find(ProjectName.of("another"), "web")).isEmpty();
    }

    @Test
    void aPortOfTheHostLeadsToOneVmOnly() {
        VmSpec first = TestHost.spec("first").toBuilder()
                .publish(PortForward.of(8080, 80))
                .build();
        engine.create(PROJECT, first, CreateOptions.defaults().stopped(), Lifetime.DURABLE);
        VmSpec second = TestHost.spec("second").toBuilder()
                .publish(PortForward.of(8080, 80))
                .build();
        assertFails(
                ErrorCode.PORT_IN_USE,
                () -> engine.create(PROJECT, second, CreateOptions.defaults(), Lifetime.DURABLE));
    }

    @Test
    void moreThanTheHostHasIsRefusedBeforeAnythingIsMade() {
        VmSpec large = TestHost.spec("large").toBuilder()
                .memory(ByteSize.of(1, ByteSize.Unit.TIB))
                .build();
        assertFails(
                ErrorCode.NO_MEMORY, () -> engine.create(PROJECT, large, CreateOptions.defaults(), Lifetime.DURABLE));
        assertFails(
                ErrorCode.NO_MEMORY,
                () -> engine.create(PROJECT, large, CreateOptions.defaults().stopped(), Lifetime.DURABLE));
        VmSpec unknown =
                TestHost.spec("unknown").toBuilder().image(ImageRef.of("plan9")).build();
        assertFails(
                ErrorCode.IMAGE_NOT_FOUND,
                () -> engine.create(PROJECT, unknown, CreateOptions.defaults(), Lifetime.DURABLE));
        VmSpec small = TestHost.spec("small").toBuilder().disk(VmSpec.MIN_DISK).build();
        engine.create(PROJECT, small, CreateOptions.defaults().stopped(), Lifetime.DURABLE);
        assertThat(engine.events(PROJECT, 0, 10)).hasSize(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        VmSpec.builder("tiny", "debian").disk(ByteSize.bytes(1)).build());
    }

    @Test
    void aFullDiskRefusesTheCreateAndStillLetsTheRestBeRemoved() {
        VmId first = create("first");
        process.failing(FakeCall.VOLUME_CLONE, Fault.error(ErrorCode.NO_SPACE).at(Fault.Moment.HALFWAY));
        assertFails(ErrorCode.NO_SPACE, () -> create("second"));
        engine.destroy(first, DestroyOptions.defaults());
        assertThat(engine.list(PROJECT)).isEmpty();
    }

    @Test
    void whatIsGoneIsNotFound() {
        VmId id = create("web");
        engine.destroy(id, DestroyOptions.defaults());
        assertFails(ErrorCode.VM_NOT_FOUND, () -> engine.destroy(id, DestroyOptions.defaults()));
        assertFails(ErrorCode.VM_NOT_FOUND, () -> engine.info(id));
        assertFails(ErrorCode.VM_NOT_FOUND, () -> engine.exec(id, Command.of("true")));
        assertThat(engine.find(PROJECT, "web")).isEqualTo(Optional.empty());
    }

    @Test
    void memoryThatOthersUseNowDoesNotKeepAVmFromBeingMade() throws IOException {
        ByteSize total = ByteSize.bytes(Files.readAllLines(Path.of("/proc/meminfo")).stream()
                .filter(line -> line.startsWith("MemTotal:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElseThrow());
        VmSpec whole = TestHost.spec("whole").toBuilder()
                .memory(total.minus(HostMemory.RESERVE))
                .build();
        engine.create(PROJECT, whole, CreateOptions.defaults().stopped(), Lifetime.DURABLE);
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> engine.create(
                        PROJECT,
                        whole.toBuilder().memory(total).build(),
                        CreateOptions.defaults().stopped(),
                        Lifetime.DURABLE))
                .withMessage("create vm 'whole': " + total + " of memory asked, the host has "
                        + total.minus(HostMemory.RESERVE)
                        + " to give (all it has less a reserve of 256 MiB); ask for less");
    }

    @Test
    void messagesCallStatesAsListDoes() {
        VmId id = engine.create(
                PROJECT, TestHost.spec("web"), CreateOptions.defaults().stopped(), Lifetime.DURABLE);
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> engine.exec(id, Command.of("true")))
                .withMessage("run a command in vm 'web': it is stopped, it must be running; start it first");
    }

    @Test
    void aCommandNeedsARunningVm() {
        VmId id = engine.create(
                PROJECT, TestHost.spec("web"), CreateOptions.defaults().stopped(), Lifetime.DURABLE);
        assertFails(ErrorCode.WRONG_STATE, () -> engine.exec(id, Command.of("true")));
        engine.start(id, StartOptions.defaults());
        assertThat(engine.exec(id, Command.of("true", "x")).stdout()).isEqualTo("true x");
    }

    @Test
    void afterARebootOfTheHostVmsHaveFailedAndCanBeStarted() {
        VmId id = create("web");
        test.host.reboot();
        engine.close();
        engine = test.engine();
        assertThat(engine.info(id).state()).isEqualTo(VmState.FAILED);
        engine.start(id, StartOptions.defaults());
        assertThat(engine.info(id).state()).isEqualTo(VmState.RUNNING);
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(call)
                .returns(code, MinionsException::code)
                .satisfies(e -> assertThat(e.getMessage()).doesNotEndWith("."));
    }
}
