package dev.minions.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.AttachedDisk;
import dev.minions.ByteSize;
import dev.minions.ChangeOptions;
import dev.minions.CreateOptions;
import dev.minions.DestroyOptions;
import dev.minions.ProjectName;
import dev.minions.Resize;
import dev.minions.StartOptions;
import dev.minions.StopOptions;
import dev.minions.VmId;
import dev.minions.VmInfo;
import dev.minions.VmSpec;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.event.Event;
import dev.minions.spi.DeviceId;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.testkit.fake.FakeCall;
import dev.minions.testkit.fake.FakeHost;
import dev.minions.testkit.fake.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** VMs that are changed while they run. After each test every machine is what is recorded of its VM. */
class LiveChangesTest {
    private static final ProjectName PROJECT = ProjectName.DEFAULT;
    private static final ChangeOptions AS_USUAL = ChangeOptions.defaults();

    @TempDir
    private Path directory;

    private TestHost test;
    private FakeHost process;
    private Engine engine;

    @BeforeEach
    void setUp() {
        test = new TestHost(directory);
        process = test.host.anotherProcess();
        engine = test.engine(process);
    }

    @AfterEach
    void everyMachineIsWhatIsRecorded() {
        engine.close();
        test.requireNothingLeaked();
    }

    private VmId running() {
        VmSpec spec = TestHost.spec("web").toBuilder().data(ByteSize.mib(1)).build();
        return engine.create(PROJECT, spec, CreateOptions.defaults(), Lifetime.DURABLE);
    }

    private Path disk(String name) {
        try {
            return Files.write(directory.resolve(name), new byte[512]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertFails(ErrorCode code, String words, ThrowingCallable call) {
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(call)
                .returns(code, MinionsException::code)
                .withMessageContaining(words);
    }

    private void stopAndStart(VmId id) {
        engine.stop(id, StopOptions.defaults());
        engine.start(id, StartOptions.defaults());
        test.requireNothingLeaked();
    }

    @Test
    void aDiskIsAttachedAndIsThereAfterTheNextStartToo() {
        VmId id = running();
        Path disk = disk("tools");

        engine.attach(id, AttachedDisk.readOnly(disk), AS_USUAL);
        engine.attach(id, AttachedDisk.readOnly(disk), AS_USUAL);

        assertThat(engine.info(id).attached()).containsExactly(AttachedDisk.readOnly(disk));
        assertThat(test.host.disks(id)).hasSize(3).containsValue(disk);
        assertThat(engine.events(PROJECT, 0, 100))
                .extracting(Event::type)
                .containsExactly(Event.Type.CREATED, Event.Type.STARTED, Event.Type.CHANGED);
        assertFails(
                ErrorCode.WRONG_STATE,
                "another access",
                () -> engine.attach(id, AttachedDisk.readWrite(disk), AS_USUAL));
        stopAndStart(id);
        assertThat(test.host.disks(id)).containsEntry(DeviceId.of("disk2"), disk);
    }

    @Test
    void aDiskIsDetachedHoweverItCame() {
        VmId id = running();
        Path first = disk("first");
        Path second = disk("second");
        Path third = disk("third");
        engine.attach(id, AttachedDisk.readWrite(first), AS_USUAL);
        engine.attach(id, AttachedDisk.readWrite(second), AS_USUAL);
        stopAndStart(id);
        engine.attach(id, AttachedDisk.readWrite(third), AS_USUAL);

        engine.detach(id, first, AS_USUAL);
        engine.detach(id, third, AS_USUAL);

        assertThat(engine.info(id).attached()).containsExactly(AttachedDisk.readWrite(second));
        assertThat(test.host.disks(id))
                .doesNotContainValue(first)
                .containsEntry(DeviceId.of("disk3"), second)
                .hasSize(3);
        assertFails(ErrorCode.PATH_NOT_FOUND, "it has no disk", () -> engine.detach(id, first, AS_USUAL));
        stopAndStart(id);
    }

    @Test
    void aDiskThatTheMachineDoesNotTakeIsNotRecorded() {
        VmId id = running();
        Path disk = disk("tools");
        engine.attach(id, AttachedDisk.readWrite(disk), AS_USUAL);
        VmSpec spec = TestHost.spec("other");
        VmId other = engine.create(PROJECT, spec, CreateOptions.defaults(), Lifetime.DURABLE);

        assertFails(
                ErrorCode.HYPERVISOR_ERROR,
                "holds the lock",
                () -> engine.attach(other, AttachedDisk.readWrite(disk), AS_USUAL));

        assertThat(engine.info(other).attached()).isEmpty();
        engine.destroy(other, DestroyOptions.defaults());
    }

    @Test
    void aGuestThatHoldsOnToADiskKeepsItAndTheVmCanBeChanged() {
        process.guests(TestHost.guest().keepingDevices());
        VmId id = running();
        Path disk = disk("tools");
        engine.attach(id, AttachedDisk.readWrite(disk), AS_USUAL);

        assertFails(ErrorCode.HYPERVISOR_ERROR, "has not let go of it", () -> engine.detach(id, disk, AS_USUAL));

        assertThat(engine.info(id).attached()).hasSize(1);
        engine.attach(id, AttachedDisk.readWrite(disk("more")), AS_USUAL);
    }

    @Test
    void anAttachThatCannotBeUndoneDoesNotBlockTheVm() {
        process.guests(TestHost.guest().keepingDevices());
        VmId id = running();
        Path disk = disk("tools");
        FakeHost doomed = test.host.anotherProcess();
        doomed.failing(
                FakeCall.DEVICE_ADD, Fault.error(ErrorCode.HYPERVISOR_ERROR).at(Fault.Moment.AFTER));
        try (Engine other = test.engine(doomed)) {
            assertFails(
                    ErrorCode.HYPERVISOR_ERROR,
                    "device add",
                    () -> other.attach(id, AttachedDisk.readWrite(disk), AS_USUAL));
        }

        assertThat(engine.info(id).attached()).isEmpty();
        assertThat(test.host.disks(id))
                .as("the guest has it until the VM is stopped")
                .containsValue(disk);
        stopAndStart(id);
    }

    @Test
    void aVmGrowsInAllItHasAndTheGuestMakesUseOfIt() throws IOException {
        VmId id = running();
        test.heard.calls.clear();
        Resize larger = Resize.none()
                .cpus(4)
                .memory(ByteSize.mib(256))
                .disk(ByteSize.mib(192))
                .data(ByteSize.mib(2));

        engine.resize(id, larger, AS_USUAL);

        VmInfo info = engine.info(id);
        assertThat(List.of(info.cpus(), info.memory(), info.disk()))
                .isEqualTo(List.of(4, ByteSize.mib(256), ByteSize.mib(192)));
        assertThat(test.host.size(id)).isEqualTo("4 CPUs, " + ByteSize.mib(256));
        assertThat(Files.size(test.volume(id, "root")))
                .isEqualTo(ByteSize.mib(192).bytes());
        assertThat(Files.size(test.volume(id, "data")))
                .isEqualTo(ByteSize.mib(2).bytes());
        assertThat(test.heard.calls)
                .hasSize(2)
                .satisfiesExactly(
                        first -> assertThat(first)
                                .contains("/sys/devices/system/cpu")
                                .endsWith(" sh 4"),
                        second -> assertThat(second).isEqualTo("run sh -c /lib/systemd/systemd-growfs /"));
        stopAndStart(id);
    }

    @Test
    void aGuestThatDoesNotListenIsGrownAllTheSame() {
        VmId id = running();
        test.heard.refusesCommands = true;

        engine.resize(id, Resize.none().disk(ByteSize.mib(192)), AS_USUAL);

        assertThat(engine.info(id).disk()).isEqualTo(ByteSize.mib(192));
    }

    @Test
    void aSizeThatARunningVmCannotHaveIsRefusedInOneSentenceAndNothingChanges() {
        VmId id = running();
        VmInfo before = engine.info(id);

        assertRefused(
                id, Resize.none().cpus(5), "5 CPUs asked, and it can have at most 4 while it runs; stop it first");
        assertRefused(id, Resize.none().cpus(1), "it has 2 CPUs, 1 asked, and a guest that runs may not give any back");
        assertRefused(id, Resize.none().memory(ByteSize.mib(512)), "it can have at most 256 MiB while it runs");
        assertFails(
                ErrorCode.NOT_SUPPORTED,
                "never made smaller",
                () -> engine.resize(id, Resize.none().cpus(3).disk(ByteSize.mib(64)), AS_USUAL));
        process.failing(FakeCall.VOLUME_GROW);
        assertFails(
                ErrorCode.NO_SPACE,
                "",
                () -> engine.resize(id, Resize.none().cpus(3).disk(ByteSize.mib(192)), AS_USUAL));

        process.mend();
        assertThat(engine.info(id)).isEqualTo(before);
    }

    private void assertRefused(VmId id, Resize wanted, String words) {
        assertFails(ErrorCode.WRONG_STATE, words, () -> engine.resize(id, wanted, AS_USUAL));
    }

    @Test
    void aHypervisorThatChangesNoRunningMachineIsNamedInTheRefusal() {
        process.changingNoMachines();
        VmId id = running();
        Path disk = disk("tools");

        assertFails(
                ErrorCode.WRONG_STATE,
                "attach disk to vm 'web': it is running, and fake hypervisor changes no disks of a VM that runs; stop it"
                        + " first",
                () -> engine.attach(id, AttachedDisk.readOnly(disk), AS_USUAL));
        assertRefused(id, Resize.none().disk(ByteSize.mib(192)), "changes no disks of a VM that runs; stop it first");
        assertRefused(id, Resize.none().cpus(3), "changes neither CPUs nor memory of a VM that runs; stop it first");
    }
}
