package dev.minions.testkit.fake;

import dev.minions.ByteSize;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.DeviceId;
import dev.minions.spi.GuestChannel.Framing;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.Nic;
import dev.minions.spi.Vmm;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What outlives every process of a fake host. Its monitor is held for moments only, never while anything is awaited. */
final class FakeWorld {
    /** Beyond the largest number that Linux gives a process, so that no fake one is ever taken for a real one. */
    private static final long FIRST_PID = 1L << 23;

    private final InMemoryStateStore.Shared store = new InMemoryStateStore.Shared();
    private final Map<VmId, FakeMachine> machines = new HashMap<>();
    private final FakeCards cards;
    private final Map<VmName, FakeGuest> guestsByName = new HashMap<>();
    private final ScriptedAgent agent = new ScriptedAgent();
    private FakeGuest guests = FakeGuest.wellBehaved();
    private Framing framing = Framing.STREAM;
    private ByteSize capacity = ByteSize.bytes(Long.MAX_VALUE);
    private long lastPid = FIRST_PID;
    private int processes;
    private boolean rigid;

    /**
     * A world.
     *
     * @param cards the file its network cards are in; empty to keep them in memory
     */
    FakeWorld(Optional<Path> cards) {
        this.cards = new FakeCards(cards);
    }

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
        spec.disks().forEach(disk -> requireFree("start vm " + spec.place().vm().shortForm(), disk.path()));
    }

    private void requireFree(String what, Path disk) {
        for (FakeMachine other : machines.values()) {
            if (other.isRunning() && other.disks().containsValue(disk)) {
                throw new MinionsException(
                        ErrorCode.HYPERVISOR_ERROR,
                        what + ": process " + other.pid() + " holds the lock of disk '" + disk + "'");
            }
        }
    }

    /** The devices of a machine, whose disks no other can have. */
    FakeHotPlug.Devices devices(FakeMachine machine) {
        return new FakeHotPlug.Devices() {
            @Override
            public Map<DeviceId, Path> disks() {
                machine.requireRunning("list disks");
                return machine.disks();
            }

            @Override
            public void add(DeviceId id, MachineSpec.Disk disk) {
                synchronized (FakeWorld.this) {
                    machine.requireRunning("add disk '" + id + "'");
                    requireFree("add disk '" + id + "'", disk.path());
                    machine.plug(id, disk.path());
                }
            }

            @Override
            public void add(DeviceId id, Nic nic) {
                machine.requireRunning("add card '" + id + "'");
            }

            @Override
            public boolean remove(DeviceId id) {
                machine.requireRunning("remove device '" + id + "'");
                return machine.unplug(id);
            }
        };
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

    FakeCards cards() {
        return cards;
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

    synchronized boolean isRigid() {
        return rigid;
    }

    synchronized void setRigid() {
        rigid = true;
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
        cards.clear();
    }
}
