package dev.minions.testkit.fake;

import dev.minions.ByteSize;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.spi.DeviceId;
import dev.minions.spi.GuestChannel.Framing;
import dev.minions.spi.Vmm;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A host that exists only in the memory of a test: it plays what outlives a process of Minions, which is VMMs with their
 * guests, network cards, and what the state store holds. Volumes are real files, in the data directory.
 *
 * {@snippet :
 * var host = new FakeHost();
 * host.guests(FakeGuest.wellBehaved().bootingFor(Duration.ofMillis(50)));
 * host.failing(FakeCall.VOLUME_CLONE, Fault.error(ErrorCode.NO_SPACE).onCall(2));
 * Hypervisor hypervisor = FakeHypervisor.on(host).open(context);
 * }
 *
 * <p>One object is one process on that host: what is opened on it fails as it says, and dies with it.
 * {@link #anotherProcess} is another process on the same host, as after a restart. Any thread.
 */
public final class FakeHost {
    private final FakeWorld world;
    private final FakeProcess process;

    /** A new host with one process. */
    public FakeHost() {
        this(new FakeWorld(Optional.empty()));
    }

    /**
     * A host that several JVMs share, each with an object of its own: network cards are kept in that directory, and
     * machines should be {@link ProcessHypervisor}'s. The state store and the faults remain this JVM's.
     */
    public static FakeHost in(Path directory) {
        return new FakeHost(new FakeWorld(Optional.of(directory.resolve("cards"))));
    }

    private FakeHost(FakeWorld world) {
        this.world = world;
        this.process = new FakeProcess(world.nextProcess());
    }

    /** Another process on the same host, alive and without faults. */
    public FakeHost anotherProcess() {
        return new FakeHost(world);
    }

    FakeWorld world() {
        return world;
    }

    FakeProcess process() {
        return process;
    }

    /** Lets every call of that kind in this process fail, with its usual error, before anything is done. */
    public FakeHost failing(FakeCall call) {
        return failing(call, Fault.error(call.error()));
    }

    /** Lets calls of that kind in this process go wrong in that way. The last fault that was set counts. */
    public FakeHost failing(FakeCall call, Fault fault) {
        process.add(call, fault);
        return this;
    }

    /** Takes back every fault and the planned death; calls that stand still go on. */
    public FakeHost mend() {
        process.mend();
        return this;
    }

    /**
     * Kills this process, as {@code kill -9} would: every call under way and every later one throws
     * {@link ProcessKilled}, transactions that have not ended never happened, ephemeral VMs end.
     */
    public void kill() {
        process.kill();
    }

    /**
     * Kills this process at a moment of its life. Each call of a fake has three: before anything is done, halfway, and
     * when all is done and the caller does not know it yet.
     *
     * @param moment which, counted from 1; {@link #moments} of a run without a death says how many there are
     */
    public FakeHost killAt(long moment) {
        process.killAt(moment);
        return this;
    }

    /** Kills this process at that point of its life; {@link #points} of a run without a death says which there are. */
    public FakeHost killAt(KillPoint point) {
        process.killAt(point);
        return this;
    }

    /**
     * Interrupts a thread at a moment of this process's life, as a caller who has lost patience does.
     *
     * @param moment which, counted from 1, as {@link #killAt} has them
     */
    public FakeHost interruptAt(long moment, Thread caller) {
        process.interruptAt(moment, caller);
        return this;
    }

    /** The moments this process has gone through, in order, for example {@code VOLUME_CLONE HALFWAY}. */
    public List<String> moments() {
        return process.points().stream()
                .map(point -> point.call() + " " + point.moment())
                .toList();
    }

    /** The same moments, each under the name that {@link #killAt(KillPoint)} takes. */
    public List<KillPoint> points() {
        return process.points();
    }

    /** Whether this process has not been killed. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Runs that when this process is killed. */
    public FakeHost whenKilled(Runnable action) {
        process.onDeath(action);
        return this;
    }

    /** Lets every guest that is started from now on behave so, unless its VM's name says otherwise. */
    public FakeHost guests(FakeGuest guest) {
        world.setGuests(guest);
        return this;
    }

    /** The agent of guests that were given none of their own: what it can run, and what guests were told. */
    public ScriptedAgent agent() {
        return world.agent();
    }

    /** Lets the guest of VMs of that name behave so, from their next start on. */
    public FakeHost guest(String name, FakeGuest guest) {
        world.setGuest(VmName.of(name), guest);
        return this;
    }

    /** Has a hypervisor that changes no machine while it runs. */
    public FakeHost changingNoMachines() {
        world.setRigid();
        return this;
    }

    /** Gives machines that are started from now on such a channel; a stream unless called. */
    public FakeHost channels(Framing framing) {
        world.setFraming(framing);
        return this;
    }

    /** Has room for volumes of that size in all, and for no more. */
    public FakeHost capacity(ByteSize size) {
        world.setCapacity(size);
        return this;
    }

    /** Lets another program listen on a port. */
    public FakeHost occupyPort(int port) {
        world.cards().occupy(port);
        return this;
    }

    /** Lets it stop listening. */
    public FakeHost releasePort(int port) {
        world.cards().release(port);
        return this;
    }

    /** Goes down and comes up again: no VMM, no card, and nobody saw how they ended. */
    public void reboot() {
        world.reboot();
    }

    /** The VMs that have a VMM running, in the order of their start. */
    public List<VmId> running() {
        return world.machines().stream()
                .filter(FakeMachine::isRunning)
                .map(FakeMachine::vm)
                .toList();
    }

    /** The files and devices that a VM's VMM has as its disks. */
    public Map<DeviceId, Path> disks(VmId vm) {
        return machine(vm).disks();
    }

    /** The CPUs and the memory that a VM's VMM gives its guest, as in {@code 2 CPUs, 128 MiB}. */
    public String size(VmId vm) {
        return machine(vm).size();
    }

    /** The VMs that are connected to the network. */
    public List<VmId> connected() {
        return world.cards().connected();
    }

    /** Kills a VM's VMM as {@code kill -9} does. */
    public void killVmm(VmId vm) {
        machine(vm).kill();
    }

    /** Lets a VM's VMM end in that way. */
    public void endVmm(VmId vm, Vmm.Cause cause) {
        machine(vm).end(new Vmm.Exit(cause, OptionalInt.empty(), "the test wants it"));
    }

    /** Ends the process of that pid, as {@code kill -9} does. Nothing if there is none. */
    public void kill(long pid) {
        world.machines().stream().filter(machine -> machine.pid() == pid).forEach(FakeMachine::kill);
    }

    /** Whether a process of that pid runs. */
    public boolean runs(long pid) {
        return world.machines().stream().anyMatch(machine -> machine.pid() == pid && machine.isRunning());
    }

    private FakeMachine machine(VmId vm) {
        return Objects.requireNonNull(world.machine(vm), () -> "no vmm of vm " + vm + " was ever started");
    }
}
