package dev.minions.testkit.fake;

import dev.minions.ByteSize;
import dev.minions.PortForward;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.GuestChannel.Framing;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.Network.NicRequest;
import dev.minions.spi.Vmm;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What outlives every process of a fake host. Its monitor is held for moments only, never while anything is awaited. */
final class FakeWorld {
    /** Beyond the largest number that Linux gives a process, so that no fake one is ever taken for a real one. */
    private static final long FIRST_PID = 1L << 23;

    private static final int MAX_PORT = 65_535;

    private final InMemoryStateStore.Shared store = new InMemoryStateStore.Shared();
    private final Map<VmId, FakeMachine> machines = new HashMap<>();
    private final Map<VmId, NicRequest> nics = new HashMap<>();
    private final Set<Integer> foreignPorts = new HashSet<>();
    private final Map<VmName, FakeGuest> guestsByName = new HashMap<>();
    private final ScriptedAgent agent = new ScriptedAgent();
    private FakeGuest guests = FakeGuest.wellBehaved();
    private Framing framing = Framing.STREAM;
    private ByteSize capacity = ByteSize.bytes(Long.MAX_VALUE);
    private long lastPid = FIRST_PID;
    private int processes;

    InMemoryStateStore.Shared store() {
        return store;
    }

    ScriptedAgent agent() {
        return agent;
    }

    synchronized String nextProcess() {
        return "process " + ++processes;
    }

    synchronized FakeMachine start(MachineSpec spec) {
        FakeMachine before = machines.get(spec.place().vm());
        if (before != null && before.isRunning()) {
            throw new MinionsException(
                    ErrorCode.HYPERVISOR_ERROR,
                    "start vm " + spec.place().vm().shortForm() + ": process " + before.pid() + " runs it");
        }
        requireDisksFree(spec);
        FakeGuest guest = guestsByName.getOrDefault(spec.name(), guests);
        var machine = new FakeMachine(spec, ++lastPid, guest, guest.agent().orElse(agent), framing);
        machines.put(spec.place().vm(), machine);
        machine.start();
        return machine;
    }

    private void requireDisksFree(MachineSpec spec) {
        Set<Path> disks = new HashSet<>();
        spec.disks().forEach(disk -> disks.add(disk.path()));
        for (FakeMachine other : machines.values()) {
            for (MachineSpec.Disk theirs : other.isRunning() ? other.spec().disks() : List.<MachineSpec.Disk>of()) {
                if (disks.contains(theirs.path())) {
                    throw new MinionsException(
                            ErrorCode.HYPERVISOR_ERROR,
                            "start vm " + spec.place().vm().shortForm() + ": process " + other.pid()
                                    + " holds the lock of disk '" + theirs.path() + "'");
                }
            }
        }
    }

    synchronized @Nullable FakeMachine machine(VmId vm) {
        return machines.get(vm);
    }

    synchronized List<FakeMachine> machines() {
        return machines.values().stream()
                .sorted(Comparator.comparingLong(FakeMachine::pid))
                .toList();
    }

    synchronized void forget(VmId vm) {
        machines.remove(vm);
    }

    synchronized void attach(NicRequest request) {
        for (NicRequest other : nics.values()) {
            if (!other.place().vm().equals(request.place().vm())) {
                requireApart(request, other);
            }
        }
        for (PortForward forward : request.publish()) {
            if (foreignPorts.contains(forward.hostPort())) {
                throw portInUse(request, forward, "another program listens on it");
            }
        }
        nics.put(request.place().vm(), request);
    }

    private static void requireApart(NicRequest request, NicRequest other) {
        if (request.mac().equals(other.mac()) || request.address().equals(other.address())) {
            throw new MinionsException(
                    ErrorCode.NETWORK_ERROR,
                    "connect vm " + request.place().vm().shortForm() + ": vm "
                            + other.place().vm().shortForm() + " has address " + other.address() + " and mac "
                            + other.mac());
        }
        for (PortForward forward : request.publish()) {
            if (other.publish().stream().anyMatch(theirs -> theirs.hostPort() == forward.hostPort())) {
                throw portInUse(
                        request, forward, "it leads to vm " + other.place().vm().shortForm());
            }
        }
    }

    private static MinionsException portInUse(NicRequest request, PortForward forward, String why) {
        return new MinionsException(
                ErrorCode.PORT_IN_USE,
                "connect vm " + request.place().vm().shortForm() + ": host port " + forward.hostPort() + ": " + why
                        + "; publish another");
    }

    synchronized Optional<NicRequest> nic(VmId vm) {
        return Optional.ofNullable(nics.get(vm));
    }

    synchronized List<NicRequest> nics() {
        return List.copyOf(nics.values());
    }

    synchronized void detach(VmId vm) {
        nics.remove(vm);
    }

    synchronized void occupy(int port) {
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("a port must be 1 to " + MAX_PORT + ", got " + port);
        }
        foreignPorts.add(port);
    }

    synchronized void release(int port) {
        foreignPorts.remove(port);
    }

    synchronized void setGuests(FakeGuest guest) {
        guests = guest;
    }

    synchronized void setGuest(VmName name, FakeGuest guest) {
        guestsByName.put(name, guest);
    }

    synchronized Framing framing() {
        return framing;
    }

    synchronized void setFraming(Framing newFraming) {
        framing = newFraming;
    }

    synchronized ByteSize capacity() {
        return capacity;
    }

    synchronized void setCapacity(ByteSize newCapacity) {
        capacity = newCapacity;
    }

    /** Nobody sees how they end: the host itself goes down. */
    void reboot() {
        for (FakeMachine machine : machines()) {
            machine.end(new Vmm.Exit(Vmm.Cause.UNKNOWN, OptionalInt.empty(), "the host rebooted"));
        }
        synchronized (this) {
            nics.clear();
        }
    }
}
