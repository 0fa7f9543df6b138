package dev.minions.testkit.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.minions.ByteSize;
import dev.minions.VmId;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.GuestConnection;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.StateView;
import dev.minions.spi.Vmm;
import dev.minions.spi.VolumeBackend;
import dev.minions.spi.VolumeId;
import dev.minions.testkit.Await;
import dev.minions.testkit.fake.Fault.Moment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FakeHostTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final ByteSize SIZE = ByteSize.mib(1);

    @TempDir
    Path directory;

    private final FakeHost host = new FakeHost();
    private FakeMachines machines;
    private Hypervisor hypervisor;
    private VolumeBackend volumes;

    @BeforeEach
    void open() {
        machines = new FakeMachines(directory);
        hypervisor = machines.open(host);
        volumes = FakeVolumes.on(host).open(machines.context());
    }

    private VolumeId newVolume() {
        return VolumeId.root(VmId.random());
    }

    private static void assertFails(ErrorCode code, Runnable call) {
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(call::run)
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(code));
    }

    @Test
    void aCallFailsAsItWasTold() {
        host.failing(FakeCall.VOLUME_CREATE);
        VolumeId id = newVolume();

        assertFails(ErrorCode.NO_SPACE, () -> volumes.create(id, SIZE));
        assertThat(volumes.find(id)).isEmpty();

        host.mend();
        volumes.create(id, SIZE);
    }

    @Test
    void onlyTheCallThatWasMeantFails() {
        host.failing(FakeCall.VOLUME_CREATE, Fault.error(ErrorCode.IO_ERROR).onCall(2));

        volumes.create(newVolume(), SIZE);
        assertFails(ErrorCode.IO_ERROR, () -> volumes.create(newVolume(), SIZE));
        volumes.create(newVolume(), SIZE);
    }

    @Test
    void aFailureHalfwayLeavesSomethingHalfMade() {
        host.failing(FakeCall.VOLUME_CREATE, Fault.error(ErrorCode.IO_ERROR).at(Moment.HALFWAY));
        VolumeId id = newVolume();

        assertFails(ErrorCode.IO_ERROR, () -> volumes.create(id, SIZE));

        assertThat(volumes.find(id)).isEmpty();
        assertThat(directory.resolve("volumes")).isNotEmptyDirectory();
        volumes.delete(id);
        assertThat(directory.resolve("volumes")).isEmptyDirectory();
    }

    @Test
    void aFailureAfterwardsHasDoneItsWork() {
        host.failing(FakeCall.VOLUME_CREATE, Fault.error(ErrorCode.IO_ERROR).at(Moment.AFTER));
        VolumeId id = newVolume();

        assertFails(ErrorCode.IO_ERROR, () -> volumes.create(id, SIZE));

        assertThat(volumes.find(id)).isPresent();
    }

    @Test
    void aCallThatHangsGoesOnWhenTheHostIsMended() throws Exception {
        host.failing(FakeCall.VOLUME_READ, Fault.hanging());
        var reading = CompletableFuture.supplyAsync(volumes::list);
        Await.until("the call has begun", LIMIT, () -> !host.moments().isEmpty());
        assertThat(reading).isNotDone();

        host.mend();

        assertThat(reading.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEmpty();
    }

    @Test
    void aCallThatHangsCanBeInterrupted() {
        host.failing(FakeCall.VOLUME_READ, Fault.hanging());
        Thread.currentThread().interrupt();

        assertFails(ErrorCode.CALL_INTERRUPTED, volumes::list);

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void momentsAreCountedSoThatAProcessCanBeKilledAtEach() {
        volumes.create(newVolume(), SIZE);

        assertThat(host.moments())
                .containsExactly("VOLUME_CREATE BEFORE", "VOLUME_CREATE HALFWAY", "VOLUME_CREATE AFTER");
    }

    @Test
    void aKilledProcessHasDoneWhatItHadDoneAndNothingMore() {
        VolumeId id = newVolume();
        host.killAt(2);

        assertThatThrownBy(() -> volumes.create(id, SIZE)).isInstanceOf(ProcessKilled.class);

        assertThat(host.isAlive()).isFalse();
        assertThatThrownBy(volumes::list).isInstanceOf(ProcessKilled.class);
        assertThatThrownBy(() -> volumes.delete(id)).isInstanceOf(ProcessKilled.class);
        VolumeBackend next = FakeVolumes.on(host.anotherProcess()).open(machines.context());
        assertThat(next.find(id)).isEmpty();
        assertThat(directory.resolve("volumes")).isNotEmptyDirectory();
    }

    @Test
    void aTransactionOfAProcessThatIsKilledInItNeverHappened() {
        InMemoryStateStore store = InMemoryStateStore.on(host);

        assertThatThrownBy(() -> store.write(tx -> {
                    tx.addInstance("engine");
                    host.kill();
                    return true;
                }))
                .isInstanceOf(ProcessKilled.class);

        assertThat(InMemoryStateStore.on(host.anotherProcess()).<List<String>>read(StateView::instances))
                .isEmpty();
    }

    @Test
    void aTransactionOfAProcessThatIsKilledAfterItHasHappened() {
        InMemoryStateStore store = InMemoryStateStore.on(host);
        host.killAt(3);

        assertThatThrownBy(() -> store.write(tx -> {
                    tx.addInstance("engine");
                    return true;
                }))
                .isInstanceOf(ProcessKilled.class);

        assertThat(InMemoryStateStore.on(host.anotherProcess()).<List<String>>read(StateView::instances))
                .containsExactly("engine");
    }

    @Test
    void aRebootEndsEveryMachineAndNobodyKnowsHow() {
        MachineSpec machine = machines.machine("a");
        Vmm vmm = hypervisor.start(machine);

        host.reboot();

        assertThat(vmm.awaitExit(LIMIT))
                .hasValueSatisfying(exit -> assertThat(exit.cause()).isEqualTo(Vmm.Cause.UNKNOWN));
        assertThat(hypervisor.find(machine.place())).isEmpty();
        assertThat(host.running()).isEmpty();
    }

    @Test
    void aGuestThatNeverBootsIsNeverUp() {
        host.guests(FakeGuest.wellBehaved().neverBooting());
        Vmm vmm = hypervisor.start(machines.machine("a"));

        assertThat(vmm.channel().awaitCall(Duration.ofMillis(20))).isFalse();
        assertThat(vmm.awaitExit(Duration.ZERO)).isEmpty();
        vmm.kill();
    }

    @Test
    void aGuestCanBehaveByItsName() {
        var broken = new Vmm.Exit(Vmm.Cause.FAILED, OptionalInt.of(1), "broken");
        host.guest("bad", FakeGuest.wellBehaved().endingAfter(Duration.ZERO, broken));

        Vmm bad = hypervisor.start(machines.machine("bad"));
        Vmm good = hypervisor.start(machines.machine("good"));

        assertThat(bad.awaitExit(LIMIT)).contains(broken);
        assertThat(good.channel().awaitCall(LIMIT)).isTrue();
    }

    @Test
    void aGuestThatIgnoresItsPowerButtonRunsOn() {
        host.guests(FakeGuest.wellBehaved().ignoringThePowerButton());
        Vmm vmm = hypervisor.start(machines.machine("a"));
        assertThat(vmm.channel().awaitCall(LIMIT)).isTrue();

        vmm.pressPowerButton();

        assertThat(vmm.awaitExit(Duration.ofMillis(20))).isEmpty();
        vmm.kill();
    }

    @Test
    void anAgentThatTalksRubbishIsHeard() throws Exception {
        host.guests(FakeGuest.wellBehaved().withAgent(FakeAgent.talkingRubbish()));
        Vmm vmm = hypervisor.start(machines.machine("a"));

        try (var connection = vmm.channel().open(0, LIMIT)) {
            connection.output().write('?');
            assertThat(connection.input().readNBytes(4)).containsOnly(0xFF);
        }
    }

    @Test
    void aStreamKeepsWhatNobodyReadForWhoComesNext() throws Exception {
        host.guests(FakeGuest.wellBehaved().withAgent(FakeAgent.echoing()));
        Vmm vmm = hypervisor.start(machines.machine("a"));
        try (var first = vmm.channel().open(0, LIMIT)) {
            first.output().write('a');
            Await.until("the echo is there", LIMIT, () -> available(first) == 1);
        }

        try (var second = vmm.channel().open(0, LIMIT)) {
            assertThat(second.input().read()).isEqualTo('a');
        }
    }

    private static int available(GuestConnection connection) {
        try {
            return connection.input().available();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aConsoleIsNotWrittenOnceTheMachineHasEnded() throws Exception {
        host.guests(FakeGuest.wellBehaved().bootingFor(Duration.ofMillis(5)));
        for (int i = 0; i < 20; i++) {
            MachineSpec machine = machines.machine("a");
            hypervisor.start(machine);
            hypervisor.remove(machine.place());
            Path console = hypervisor.consoleFiles(machine.place()).get(1);

            Files.deleteIfExists(console);
            assertThat(console).doesNotExist();
        }
        assertThat(host.running()).isEmpty();
    }
}
