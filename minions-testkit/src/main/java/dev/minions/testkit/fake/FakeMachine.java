package dev.minions.testkit.fake;

import dev.minions.ByteSize;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.DeviceId;
import dev.minions.spi.GuestChannel.Framing;
import dev.minions.spi.GuestConnection;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.Vmm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A VMM of the fake host with its guest: a few threads that live on when the process that started them is "killed". */
final class FakeMachine implements FakeAgent.Guest, FakeSizing.Size {
    /** What the guest writes to its console when it is up. */
    static final String CONSOLE_MARK = "fake guest is up";

    static final String CONSOLE = "console.cur";

    private final MachineSpec spec;
    private final long pid;
    private final FakeGuest guest;
    private final FakeAgent agent;
    private final Framing framing;
    private final CompletableFuture<Vmm.Exit> exit = new CompletableFuture<>();
    private final AtomicInteger presses = new AtomicInteger();
    private final CompletableFuture<Boolean> up = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Integer, Lane> lanes = new HashMap<>();
    private final Set<Lane> connections = new HashSet<>();
    private final Map<DeviceId, Path> disks = new LinkedHashMap<>();
    private int cpus;
    private ByteSize memory;

    /** The two pipes of a lane; a stream's stay when the host lets go of them. */
    private static final class Lane {
        private final Pipe toGuest = new Pipe();
        private final Pipe toHost = new Pipe();
        private @Nullable PipeConnection host;

        void close() {
            toGuest.close();
            toHost.close();
        }
    }

    FakeMachine(MachineSpec spec, long pid, FakeGuest guest, FakeAgent agent, Framing framing) {
        this.spec = spec;
        this.pid = pid;
        this.guest = guest;
        this.agent = agent;
        this.framing = framing;
        this.cpus = spec.cpus();
        this.memory = spec.memory();
        spec.disks().forEach(disk -> disks.put(DeviceId.of("disk" + disks.size()), disk.path()));
    }

    void start() {
        Thread.ofVirtual().name("fake-guest-" + vm().shortForm()).start(this::live);
        guest.end()
                .ifPresent(end -> Thread.ofVirtual()
                        .name("fake-end-" + vm().shortForm())
                        .start(() -> endUnlessEndedWithin(end.after(), end.exit())));
    }

    private void live() {
        console("fake kernel: " + spec.kernelArguments());
        if (List.of(spec.kernelArguments().split(" ")).contains("panic")) {
            console("Kernel panic - not syncing: the command line asks for it");
            end(new Vmm.Exit(Vmm.Cause.GUEST_PANICKED, OptionalInt.empty(), "the guest's kernel panicked"));
        }
        if (awaitExit(guest.boot()).isEmpty()) {
            console(CONSOLE_MARK);
            up.complete(true);
            signal();
        }
    }

    private void endUnlessEndedWithin(Duration limit, Vmm.Exit how) {
        if (awaitExit(limit).isEmpty()) {
            end(how);
        }
    }

    /** Not after the end: the directory may be gone then, or about to go. */
    private void console(String line) {
        lock.lock();
        try {
            if (!isRunning()) {
                return;
            }
            Files.writeString(
                    spec.place().records().resolve(CONSOLE),
                    line + "\r\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    MachineSpec spec() {
        return spec;
    }

    long pid() {
        return pid;
    }

    boolean isRunning() {
        return !exit.isDone();
    }

    boolean isUp() {
        return up.isDone() && isRunning();
    }

    /** Whether how it ended is known to whoever asks. */
    boolean isForgotten() {
        return exit.isDone() && exit.join().cause() == Vmm.Cause.UNKNOWN;
    }

    Optional<Vmm.Exit> awaitExit(Duration limit) {
        try {
            return Optional.of(exit.get(Math.max(0, limit.toNanos()), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw interrupted("wait for vm " + vm().shortForm(), e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits until the guest is up. False as soon as it has ended. */
    boolean awaitUp(Duration limit) {
        try {
            CompletableFuture.anyOf(up, exit).get(Math.max(0, limit.toNanos()), TimeUnit.NANOSECONDS);
            return isUp();
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            throw interrupted("wait for the guest of vm " + vm().shortForm(), e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    void requireRunning(String what) {
        if (!isRunning()) {
            throw FakeHotPlug.failure(what + " of vm " + vm().shortForm() + ": its vmm has ended");
        }
    }

    /** The disks that it has. */
    Map<DeviceId, Path> disks() {
        lock.lock();
        try {
            return new LinkedHashMap<>(disks);
        } finally {
            lock.unlock();
        }
    }

    void plug(DeviceId id, Path disk) {
        lock.lock();
        try {
            disks.put(id, disk);
        } finally {
            lock.unlock();
        }
    }

    /** False if the guest, which must be up for that, does not let go. */
    boolean unplug(DeviceId id) {
        lock.lock();
        try {
            if (isUp() && !guest.keepsDevices()) {
                disks.remove(id);
            }
            return !disks.containsKey(id);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public MachineSpec.Growth growth() {
        return spec.growth();
    }

    @Override
    public void cpus(int count) {
        lock.lock();
        try {
            cpus = count;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void memory(ByteSize size) {
        lock.lock();
        try {
            memory = size;
        } finally {
            lock.unlock();
        }
    }

    /** Its CPUs and its memory, as in {@code 2 CPUs, 128 MiB}. */
    String size() {
        lock.lock();
        try {
            return cpus + " CPUs, " + memory;
        } finally {
            lock.unlock();
        }
    }

    void pressPowerButton() {
        if (!isRunning()) {
            throw new MinionsException(
                    ErrorCode.HYPERVISOR_ERROR,
                    "press the power button of vm " + vm().shortForm() + ": its vmm has ended");
        }
        if (isUp() && presses.getAndIncrement() >= guest.lostPresses()) {
            powerOff();
        }
    }

    @Override
    public void powerOff() {
        var off = new Vmm.Exit(Vmm.Cause.GUEST_POWERED_OFF, OptionalInt.of(0), "the guest powered itself off");
        if (guest.shutdown().isZero()) {
            end(off);
        } else {
            Thread.ofVirtual().start(() -> endUnlessEndedWithin(guest.shutdown(), off));
        }
    }

    void kill() {
        end(new Vmm.Exit(Vmm.Cause.KILLED, OptionalInt.of(137), "killed by signal 9"));
    }

    void end(Vmm.Exit how) {
        lock.lock();
        try {
            exit.complete(how);
            lanes.values().forEach(Lane::close);
            connections.forEach(Lane::close);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Connects to the guest. On a stream there is no need for the guest to be up, and a lane has one holder. */
    GuestConnection connect(int number, Duration limit) {
        long left = limit.toNanos();
        lock.lock();
        try {
            while (isRunning() && !isReady(number)) {
                if (left <= 0) {
                    throw new MinionsException(
                            ErrorCode.AGENT_TIMEOUT,
                            "connect to the agent of vm " + vm().shortForm() + ": lane " + number
                                    + (framing == Framing.STREAM ? " is in use" : " does not open") + " after "
                                    + limit.toMillis() + " ms");
                }
                left = changed.awaitNanos(left);
            }
            if (!isRunning()) {
                throw new MinionsException(
                        ErrorCode.VMM_EXITED, "connect to the agent of vm " + vm().shortForm() + ": its vmm has ended");
            }
            return framing == Framing.STREAM ? attach(number) : connectAnew();
        } catch (InterruptedException e) {
            throw interrupted("connect to the agent of vm " + vm().shortForm(), e);
        } finally {
            lock.unlock();
        }
    }

    private boolean isReady(int number) {
        if (framing == Framing.CONNECTIONS) {
            return isUp();
        }
        Lane lane = lanes.get(number);
        return lane == null || lane.host == null;
    }

    private GuestConnection attach(int number) {
        Lane lane = lanes.computeIfAbsent(number, first -> {
            var created = new Lane();
            serve(new PipeConnection(created.toGuest, created.toHost, created::close));
            return created;
        });
        var connection = new PipeConnection(lane.toHost, lane.toGuest, () -> detach(lane));
        lane.host = connection;
        return connection;
    }

    private void detach(Lane lane) {
        lock.lock();
        try {
            lane.host = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private GuestConnection connectAnew() {
        var lane = new Lane();
        connections.add(lane);
        serve(new PipeConnection(lane.toGuest, lane.toHost, lane::close));
        return new PipeConnection(lane.toHost, lane.toGuest, () -> disconnect(lane));
    }

    private void disconnect(Lane lane) {
        lane.close();
        lock.lock();
        try {
            connections.remove(lane);
        } finally {
            lock.unlock();
        }
    }

    private void serve(PipeConnection connection) {
        Thread.ofVirtual().name("fake-agent-" + vm().shortForm()).start(() -> {
            try (connection) {
                if (awaitUp(Duration.ofDays(365))) {
                    agent.serve(connection, this);
                }
            } catch (IOException e) {
                return; // the host let go in the middle of something, or the guest ended
            }
        });
    }

    @Override
    public VmId vm() {
        return spec.place().vm();
    }

    @Override
    public VmName name() {
        return spec.name();
    }

    @Override
    public Framing framing() {
        return framing;
    }

    Path console() {
        return spec.place().records().resolve(CONSOLE);
    }

    private static MinionsException interrupted(String what, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new MinionsException(ErrorCode.CALL_INTERRUPTED, what + ": interrupted", cause);
    }
}
