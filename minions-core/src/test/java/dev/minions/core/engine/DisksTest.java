package dev.minions.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.minions.AttachedDisk;
import dev.minions.ByteSize;
import dev.minions.ChangeOptions;
import dev.minions.CopyOptions;
import dev.minions.CreateOptions;
import dev.minions.DestroyOptions;
import dev.minions.PortForward;
import dev.minions.ProjectName;
import dev.minions.Resize;
import dev.minions.SnapshotInfo;
import dev.minions.SnapshotName;
import dev.minions.SnapshotOptions;
import dev.minions.StartOptions;
import dev.minions.StopOptions;
import dev.minions.VmId;
import dev.minions.VmInfo;
import dev.minions.VmName;
import dev.minions.VmSpec;
import dev.minions.VmState;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.event.Event;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.testkit.fake.FakeCall;
import dev.minions.testkit.fake.FakeHost;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots, copies, new names and new sizes, on fakes with real files. */
class DisksTest {
    private static final ProjectName PROJECT = ProjectName.DEFAULT;
    private static final SnapshotName CLEAN = SnapshotName.of("clean");
    private static final ByteSize LARGER = ByteSize.mib(192);

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
    void everythingBelongsToSomebody() {
        engine.close();
        test.requireNothingLeaked();
    }

    private VmId stopped(VmSpec spec) {
        return engine.create(PROJECT, spec, CreateOptions.defaults().stopped(), Lifetime.DURABLE);
    }

    private VmId running(VmSpec spec) {
        return engine.create(PROJECT, spec, CreateOptions.defaults(), Lifetime.DURABLE);
    }

    private static VmSpec withData() {
        return TestHost.spec("web").toBuilder().data(ByteSize.mib(1)).build();
    }

    private SnapshotInfo snapshot(VmId id) {
        return engine.snapshot(id, SnapshotOptions.defaults().name(CLEAN));
    }

    private void write(VmId id, String role, int mark) {
        try (var file = new RandomAccessFile(test.volume(id, role).toFile(), "rw")) {
            file.write(mark);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int read(VmId id, String role) {
        try (var file = Files.newInputStream(test.volume(id, role))) {
            return file.read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertFails(ErrorCode code, String words, ThrowingCallable call) {
        Assertions.assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(call)
                .returns(code, MinionsException::code)
                .withMessageContaining(words);
    }

    private List<Event.Type> events(VmId id) {
        return engine.events(PROJECT, 0, 100).stream()
                .filter(event -> event.vm().equals(id))
                .map(Event::type)
                .toList();
    }

    @Test
    void allDisksOfAVmHoldAgainWhatTheyHeldThen() {
        VmId id = stopped(withData());
        write(id, "root", 1);
        write(id, "data", 2);
        SnapshotInfo kept = snapshot(id);
        write(id, "root", 3);
        write(id, "data", 4);

        engine.restore(id, CLEAN, SnapshotOptions.defaults());

        assertThat(read(id, "root")).isEqualTo(1);
        assertThat(read(id, "data")).isEqualTo(2);
        assertThat(engine.snapshots(id)).containsExactly(kept);
        assertThat(kept.guest()).isEqualTo(SnapshotInfo.Guest.STOPPED);
        assertThat(engine.info(id).snapshots()).containsExactly(kept);
        assertThat(engine.list(PROJECT)).containsExactly(engine.info(id));
        assertThat(events(id))
                .containsExactly(Event.Type.CREATED, Event.Type.SNAPSHOT_CREATED, Event.Type.SNAPSHOT_RESTORED);
    }

    @Test
    void aRunningGuestStandsStillMeanwhileAndIsLetGo() {
        VmId id = running(withData());
        test.heard.calls.clear();

        assertThat(snapshot(id).guest()).isEqualTo(SnapshotInfo.Guest.FROZEN);

        assertThat(test.heard.calls).containsExactly("freeze", "thaw");
        assertThat(engine.info(id).state()).isEqualTo(VmState.RUNNING);
        assertFails(
                ErrorCode.WRONG_STATE, "stop it first", () -> engine.restore(id, CLEAN, SnapshotOptions.defaults()));
    }

    @Test
    void aGuestThatDidNotStandStillLongEnoughHasNoSnapshot() {
        VmId id = running(TestHost.spec("web"));
        test.heard.thawsTooEarly = true;

        assertFails(ErrorCode.WRONG_STATE, "stop it first", () -> snapshot(id));

        assertThat(engine.snapshots(id)).isEmpty();
        test.requireNothingLeaked();
    }

    @Test
    void aGuestIsLetGoWhenItsDisksCannotBeKept() {
        VmId id = running(TestHost.spec("web"));
        process.failing(FakeCall.SNAPSHOT_CREATE);
        test.heard.calls.clear();

        assertFails(ErrorCode.NO_SPACE, "", () -> snapshot(id));

        process.mend();
        assertThat(test.heard.calls).containsExactly("freeze", "thaw");
        assertThat(engine.snapshots(id)).isEmpty();
        test.requireNothingLeaked();
    }

    @Test
    void aRestoreForWhichThereIsNoRoomLeavesTheOldDisksWhole() {
        VmId id = stopped(withData());
        snapshot(id);
        write(id, "root", 3);
        process.failing(FakeCall.SNAPSHOT_PREPARE);

        assertFails(ErrorCode.NO_SPACE, "", () -> engine.restore(id, CLEAN, SnapshotOptions.defaults()));

        process.mend();
        assertThat(read(id, "root")).isEqualTo(3);
        engine.start(id, StartOptions.defaults());
        assertThat(engine.info(id).state()).isEqualTo(VmState.RUNNING);
    }

    @Test
    void namesAreUniqueAndMadeOfTheTimeIfNoneIsGiven() {
        VmId id = stopped(TestHost.spec("web"));
        snapshot(id);
        assertFails(ErrorCode.SNAPSHOT_EXISTS, "choose another name", () -> snapshot(id));
        assertFails(
                ErrorCode.SNAPSHOT_NOT_FOUND,
                "it has 'clean'",
                () -> engine.restore(id, SnapshotName.of("dirty"), SnapshotOptions.defaults()));

        SnapshotInfo second = engine.snapshot(id, SnapshotOptions.defaults());
        SnapshotInfo third = engine.snapshot(id, SnapshotOptions.defaults());

        assertThat(second.name().value()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d-\\d\\d-\\d\\dZ");
        assertThat(third.name()).isNotEqualTo(second.name());
        assertThat(test.manifest(id)).contains("clean", second.name().value());
        engine.deleteSnapshot(id, CLEAN, SnapshotOptions.defaults());
        assertThat(engine.snapshots(id)).containsExactly(second, third);
        assertThat(test.manifest(id)).doesNotContain("clean");
        engine.destroy(id, DestroyOptions.defaults());
    }

    @Test
    void aCopyIsAnotherVmWithTheSameDisks() {
        VmSpec spec = withData().toBuilder()
                .publish(PortForward.of(8080, 80))
                .label("tier", "front")
                .idempotencyKey("once")
                .build();
        VmId source = stopped(spec);
        write(source, "root", 1);
        write(source, "data", 2);
        snapshot(source);

        VmId copy = engine.copy(PROJECT, source, CopyOptions.defaults().name(VmName.of("twin")));
        write(source, "root", 9);

        VmInfo from = engine.info(source);
        VmInfo made = engine.info(copy);
        assertThat(read(copy, "root")).isEqualTo(1);
        assertThat(read(copy, "data")).isEqualTo(2);
        assertThat(made.state()).isEqualTo(VmState.STOPPED);
        assertThat(made.cid()).isNotEqualTo(from.cid());
        assertThat(made.ip()).isNotEqualTo(from.ip());
        assertThat(made.mac()).isNotEqualTo(from.mac());
        assertThat(made.publish()).isEmpty();
        assertThat(made.snapshots()).isEmpty();
        assertThat(made.labels()).isEqualTo(from.labels());
        assertThat(made.data()).isEqualTo(from.data());
        assertThat(made.name()).isEqualTo(VmName.of("twin"));
    }

    @Test
    void aCopyBecomesSomebodyElseAtItsFirstStartAndStaysThat() {
        VmId source = running(TestHost.spec("web"));
        test.heard.calls.clear();
        VmId copy = engine.copy(PROJECT, source, CopyOptions.defaults().name(VmName.of("twin")));
        assertThat(test.heard.calls).containsExactly("freeze", "thaw");
        test.heard.calls.clear();

        engine.start(copy, StartOptions.defaults());
        engine.stop(copy, StopOptions.defaults().grace(Duration.ZERO));
        engine.start(copy, StartOptions.defaults());

        assertThat(test.heard.calls).containsExactly("be twin anew", "be twin");
    }

    @Test
    void aCopyOfACopyThatNeverStartedBecomesSomebodyElseToo() {
        VmId source = stopped(TestHost.spec("web"));
        VmId copy = engine.copy(PROJECT, source, CopyOptions.defaults());
        VmId another = engine.copy(PROJECT, copy, CopyOptions.defaults().name(VmName.of("third")));
        engine.start(another, StartOptions.defaults());
        assertThat(test.heard.calls).containsExactly("be third anew");
    }

    @Test
    void aCopyThatCannotBeMadeLeavesNothing() {
        VmId source = running(TestHost.spec("web"));
        process.failing(FakeCall.VOLUME_COPY);
        assertFails(ErrorCode.NO_SPACE, "", () -> engine.copy(PROJECT, source, CopyOptions.defaults()));
        process.mend();
        assertFails(
                ErrorCode.VM_EXISTS,
                "web",
                () -> engine.copy(PROJECT, source, CopyOptions.defaults().name(VmName.of("web"))));
        test.heard.thawsTooEarly = true;
        assertFails(ErrorCode.WRONG_STATE, "stop it first", () -> engine.copy(PROJECT, source, CopyOptions.defaults()));

        assertThat(test.vms()).hasSize(1);
        assertThat(engine.info(source).state()).isEqualTo(VmState.RUNNING);
        test.requireNothingLeaked();
    }

    @Test
    void aVmIsRenamedInAnyStateAndNothingElseOfItChanges() {
        VmId id = running(TestHost.spec("web"));
        VmId other = stopped(TestHost.spec("other"));
        VmInfo before = engine.info(id);
        test.heard.calls.clear();

        engine.rename(id, VmName.of("www"), ChangeOptions.defaults());
        engine.rename(id, VmName.of("www"), ChangeOptions.defaults());

        assertThat(test.heard.calls).containsExactly("be called www");
        assertThat(test.manifest(id)).startsWith("www ");
        assertThat(engine.find(PROJECT, "web")).isEmpty();
        assertThat(engine.find(PROJECT, "www")).contains(id);
        VmInfo after = engine.info(id);
        assertThat(after.paths()).isEqualTo(before.paths());
        assertThat(after.pid()).isEqualTo(before.pid());
        assertFails(
                ErrorCode.VM_EXISTS,
                "choose another name",
                () -> engine.rename(other, VmName.of("www"), ChangeOptions.defaults()));
        engine.rename(other, VmName.of("web"), ChangeOptions.defaults());
        assertThat(engine.find(PROJECT, "web")).contains(other);
    }

    @Test
    void aStoppedVmIsResizedAndItsDisksGrow() throws IOException {
        VmId id = stopped(withData());

        engine.resize(
                id,
                Resize.none().cpus(1).memory(ByteSize.mib(256)).disk(LARGER).data(ByteSize.mib(2)),
                ChangeOptions.defaults());

        VmInfo info = engine.info(id);
        assertThat(info.cpus()).isEqualTo(1);
        assertThat(info.memory()).isEqualTo(ByteSize.mib(256));
        assertThat(info.disk()).isEqualTo(LARGER);
        assertThat(info.data()).contains(ByteSize.mib(2));
        assertThat(Files.size(test.volume(id, "root"))).isEqualTo(LARGER.bytes());
        assertThat(Files.size(test.volume(id, "data")))
                .isEqualTo(ByteSize.mib(2).bytes());
    }

    @Test
    void aSizeThatCannotBeHadIsRefusedAndNothingChanges() {
        VmId id = stopped(TestHost.spec("web"));
        VmInfo before = engine.info(id);

        assertFails(
                ErrorCode.NOT_SUPPORTED,
                "never made smaller",
                () -> engine.resize(id, Resize.none().disk(ByteSize.mib(64)), ChangeOptions.defaults()));
        assertFails(
                ErrorCode.NOT_SUPPORTED,
                "no data disk",
                () -> engine.resize(id, Resize.none().data(LARGER), ChangeOptions.defaults()));
        assertFails(
                ErrorCode.NOT_SUPPORTED,
                "CPUs asked",
                () -> engine.resize(id, Resize.none().cpus(250), ChangeOptions.defaults()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.resize(id, Resize.none().memory(ByteSize.mib(1)), ChangeOptions.defaults()));
        process.failing(FakeCall.VOLUME_GROW);
        assertFails(
                ErrorCode.NO_SPACE,
                "",
                () -> engine.resize(id, Resize.none().cpus(1).disk(LARGER), ChangeOptions.defaults()));

        process.mend();
        assertThat(engine.info(id)).isEqualTo(before);
    }

    @Test
    void aRestoreBringsBackTheSizeToo() {
        VmId id = stopped(TestHost.spec("web"));
        VmInfo before = engine.info(id);
        snapshot(id);
        engine.resize(id, Resize.none().disk(LARGER), ChangeOptions.defaults());

        engine.restore(id, CLEAN, SnapshotOptions.defaults());

        assertThat(engine.info(id).disk()).isEqualTo(before.disk());
    }

    @Test
    void aDiskOfTheHostIsAttachedAndDetached() throws IOException {
        Path disk = Files.write(directory.resolve("attached"), new byte[512]);
        VmId id = stopped(TestHost.spec("web"));

        engine.attach(id, AttachedDisk.readWrite(disk), ChangeOptions.defaults());
        engine.attach(id, AttachedDisk.readWrite(disk), ChangeOptions.defaults());

        assertThat(engine.info(id).attached()).containsExactly(AttachedDisk.readWrite(disk));
        assertFails(
                ErrorCode.WRONG_STATE,
                "another access",
                () -> engine.attach(id, AttachedDisk.readOnly(disk), ChangeOptions.defaults()));
        assertFails(
                ErrorCode.PATH_NOT_FOUND,
                "neither a file",
                () -> engine.attach(id, AttachedDisk.readOnly(directory.resolve("no")), ChangeOptions.defaults()));
        VmId copy = engine.copy(PROJECT, id, CopyOptions.defaults());
        assertThat(engine.info(copy).attached()).isEmpty();

        engine.detach(id, disk, ChangeOptions.defaults());
        assertThat(engine.info(id).attached()).isEmpty();
        assertThat(disk).exists();
        assertFails(ErrorCode.PATH_NOT_FOUND, "no disk", () -> engine.detach(id, disk, ChangeOptions.defaults()));
    }
}
