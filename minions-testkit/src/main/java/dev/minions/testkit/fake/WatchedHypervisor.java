package dev.minions.testkit.fake;

import dev.minions.ByteSize;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.DeviceId;
import dev.minions.spi.GuestChannel;
import dev.minions.spi.HotPlug;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.MemorySnapshots;
import dev.minions.spi.Nic;
import dev.minions.spi.Pausing;
import dev.minions.spi.Sizing;
import dev.minions.spi.VmPlace;
import dev.minions.spi.Vmm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A real hypervisor whose calls, and those of its VMMs, go wrong as a {@link FakeHost} says, and are moments of its
 * process. Channels to guests are left alone, and so is
 * saved memory.
 */
public final class WatchedHypervisor {
    private WatchedHypervisor() {}

    /** That hypervisor, as it is for the process of that host. */
    public static BackendFactory<Hypervisor> on(FakeHost host, BackendFactory<Hypervisor> real) {
        return new WatchedFactory<>(host, real, Watched::new);
    }

    private record Watched(FakeProcess process, Hypervisor real) implements Hypervisor {
        @Override
        public BackendId id() {
            return real.id();
        }

        @Override
        public String configuration() {
            return real.configuration();
        }

        @Override
        public String description() {
            return real.description();
        }

        @Override
        public Traits traits() {
            return real.traits();
        }

        @Override
        public Vmm start(MachineSpec machine) {
            return new WatchedVmm(process, process.around(FakeCall.VMM_START, () -> real.start(machine)));
        }

        @Override
        public Optional<Vmm> find(VmPlace place) {
            return process.around(FakeCall.VMM_FIND, () -> real.find(place)).map(vmm -> new WatchedVmm(process, vmm));
        }

        @Override
        public void remove(VmPlace place) {
            process.around(FakeCall.VMM_REMOVE, () -> real.remove(place));
        }

        @Override
        public Optional<MemorySnapshots> memorySnapshots() {
            return real.memorySnapshots();
        }

        @Override
        public List<Path> consoleFiles(VmPlace place) {
            return real.consoleFiles(place);
        }

        @Override
        public void close() {
            real.close();
        }
    }

    private record WatchedVmm(FakeProcess process, Vmm real) implements Vmm {
        @Override
        public OptionalLong pid() {
            return real.pid();
        }

        @Override
        public Optional<Exit> awaitExit(Duration limit) {
            return real.awaitExit(limit);
        }

        @Override
        public void pressPowerButton() {
            process.around(FakeCall.POWER_BUTTON, real::pressPowerButton);
        }

        @Override
        public void kill() {
            process.around(FakeCall.VMM_KILL, real::kill);
        }

        @Override
        public Optional<HotPlug> hotPlug() {
            return real.hotPlug().map(hotPlug -> new WatchedHotPlug(process, hotPlug));
        }

        @Override
        public Optional<Sizing> sizing() {
            return real.sizing().map(sizing -> new WatchedSizing(process, sizing));
        }

        @Override
        public Optional<Pausing> pausing() {
            return real.pausing();
        }

        @Override
        public GuestChannel channel() {
            return real.channel();
        }

        @Override
        public String errorTail() {
            return real.errorTail();
        }

        @Override
        public Map<String, Path> paths() {
            return real.paths();
        }

        @Override
        public void close() {
            real.close();
        }
    }

    private record WatchedHotPlug(FakeProcess process, HotPlug real) implements HotPlug {
        @Override
        public Map<DeviceId, Path> disks() {
            return process.around(FakeCall.DEVICE_READ, real::disks);
        }

        @Override
        public void addDisk(DeviceId id, MachineSpec.Disk disk) {
            process.around(FakeCall.DEVICE_ADD, () -> real.addDisk(id, disk));
        }

        @Override
        public void growDisk(DeviceId id, ByteSize size) {
            process.around(FakeCall.DISK_GROW, () -> real.growDisk(id, size));
        }

        @Override
        public void addNic(DeviceId id, Nic nic) {
            process.around(FakeCall.DEVICE_ADD, () -> real.addNic(id, nic));
        }

        @Override
        public void remove(DeviceId id, Duration limit) {
            process.around(FakeCall.DEVICE_REMOVE, () -> real.remove(id, limit));
        }
    }

    private record WatchedSizing(FakeProcess process, Sizing real) implements Sizing {
        @Override
        public Bounds bounds() {
            return real.bounds();
        }

        @Override
        public void resizeCpus(int count) {
            process.around(FakeCall.MACHINE_RESIZE, () -> real.resizeCpus(count));
        }

        @Override
        public void resizeMemory(ByteSize size) {
            process.around(FakeCall.MACHINE_RESIZE, () -> real.resizeMemory(size));
        }
    }
}
