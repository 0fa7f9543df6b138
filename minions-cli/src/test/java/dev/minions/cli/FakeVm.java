package dev.minions.cli;

import dev.minions.AttachedDisk;
import dev.minions.ByteSize;
import dev.minions.ChangeOptions;
import dev.minions.Command;
import dev.minions.ConsoleLog;
import dev.minions.DestroyOptions;
import dev.minions.EphemeralVm;
import dev.minions.ExecResult;
import dev.minions.GuestProcess;
import dev.minions.GuestStatus;
import dev.minions.Resize;
import dev.minions.SnapshotInfo;
import dev.minions.Snapshots;
import dev.minions.StartOptions;
import dev.minions.StopOptions;
import dev.minions.StopResult;
import dev.minions.VmId;
import dev.minions.VmInfo;
import dev.minions.VmName;
import dev.minions.VmSpec;
import dev.minions.VmState;
import dev.minions.error.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;

/** A VM that {@link FakeMinions} pretends to have. */
final class FakeVm implements EphemeralVm {
    static final String CONSOLE = "booting\n\u001b[31mred\u001b[0m \u202eevil\nlogin: ";

    private final FakeMinions home;
    private final VmId id;
    private volatile VmName name;
    private volatile VmSpec spec;
    private final List<SnapshotInfo> snapshots = new CopyOnWriteArrayList<>();
    private final int number;
    private volatile VmState state = VmState.RUNNING;
    private volatile Optional<VmInfo.Activity> activity = Optional.empty();
    private volatile Optional<Duration> askedGrace = Optional.empty();

    FakeVm(FakeMinions home, VmId id, VmName name, VmSpec spec, int number) {
        this.home = home;
        this.id = id;
        this.name = name;
        this.spec = spec;
        this.number = number;
    }

    VmName name() {
        return name;
    }

    VmSpec spec() {
        return spec;
    }

    void state(VmState newState) {
        state = newState;
    }

    void orphaned() {
        activity = Optional.of(new VmInfo.Activity(
                FakeMinions.OPERATION, "start", "booting", FakeMinions.NOW, true, Optional.empty()));
    }

    Optional<Duration> askedGrace() {
        return askedGrace;
    }

    @Override
    public VmId id() {
        return id;
    }

    @Override
    public VmInfo info() {
        boolean runs = state == VmState.RUNNING;
        return new VmInfo(
                id,
                name,
                home.project(),
                state,
                activity,
                state == VmState.FAILED ? Optional.of("qemu ended with signal 9") : Optional.empty(),
                spec.image(),
                FakeMinions.DIGEST,
                spec.cpus(),
                spec.memory(),
                spec.disk(),
                spec.data(),
                spec.attached(),
                snapshots,
                Optional.of("10.0.0." + (number + 1)),
                Optional.empty(),
                Optional.of("52:54:00:00:00:0" + (number + 2)),
                number + 2,
                runs ? OptionalLong.of(12_344 + number) : OptionalLong.empty(),
                spec.publish(),
                spec.labels(),
                FakeMinions.NOW,
                runs ? Optional.of(FakeMinions.NOW.plusSeconds(9)) : Optional.empty(),
                new VmInfo.Backends("qemu", "directory", "user"),
                Map.of("disk", Path.of("/data/vms", id.toString(), "root.qcow2")));
    }

    @Override
    public void start(StartOptions options) {
        options.progress().step("booting");
        state = VmState.RUNNING;
    }

    @Override
    public StopResult stop(StopOptions options) {
        askedGrace = Optional.of(options.grace());
        StopResult.How how = state == VmState.STOPPED
                ? StopResult.How.ALREADY_STOPPED
                : options.grace().isZero() ? StopResult.How.KILLED : StopResult.How.AGENT;
        state = VmState.STOPPED;
        return new StopResult(how, Duration.ofMillis(2134));
    }

    @Override
    public Snapshots snapshots() {
        return new FakeSnapshots(this, snapshots);
    }

    @Override
    public void rename(VmName newName, ChangeOptions options) {
        name = newName;
    }

    @Override
    public void resize(Resize wanted, ChangeOptions options) {
        if (state == VmState.RUNNING) {
            throw FakeMinions.failure(ErrorCode.WRONG_STATE, "resize vm '" + name + "': it is RUNNING; stop it first");
        }
        spec = wanted.of(spec);
    }

    @Override
    public void attach(AttachedDisk disk, ChangeOptions options) {
        spec = spec.toBuilder().attach(disk).build();
    }

    @Override
    public void detach(Path disk, ChangeOptions options) {
        spec = spec.toBuilder()
                .attached(spec.attached().stream()
                        .filter(other -> !other.path().equals(disk.toAbsolutePath()))
                        .toList())
                .build();
    }

    @Override
    public void destroy(DestroyOptions options) {
        home.remove(this);
    }

    @Override
    public void close() {
        home.note("closing" + (Thread.currentThread().isInterrupted() ? " while interrupted" : ""));
        home.remove(this);
    }

    @Override
    public ExecResult exec(Command command) {
        throw new UnsupportedOperationException("the command line streams");
    }

    @Override
    public GuestProcess start(Command command) {
        if (state != VmState.RUNNING) {
            throw FakeMinions.failure(
                    ErrorCode.WRONG_STATE, "exec in vm '" + name + "': it is " + state + "; start it first");
        }
        home.note("exec " + command.argv());
        return FakeProcess.start(command, home::note);
    }

    @Override
    public GuestStatus status() {
        return new GuestStatus(
                Duration.ofSeconds(3723),
                "web\u001b[31m",
                ByteSize.mib(975),
                ByteSize.mib(120),
                ByteSize.gb(10),
                ByteSize.gb(1),
                OptionalDouble.of(1.5),
                OptionalLong.of(2048),
                OptionalLong.empty(),
                OptionalDouble.of(0.25),
                Optional.of("0.1.0"));
    }

    @Override
    public ConsoleLog console() {
        return new ConsoleLog() {
            @Override
            public String text() {
                return CONSOLE;
            }

            @Override
            public String tail(int lines) {
                List<String> all = CONSOLE.lines().toList();
                return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
            }

            @Override
            public InputStream follow() {
                return new ByteArrayInputStream((CONSOLE + "root\nwelcome\n").getBytes(StandardCharsets.UTF_8));
            }
        };
    }
}
