package dev.minions.testkit.fake;

import dev.minions.ByteSize;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.DeviceId;
import dev.minions.spi.HotPlug;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.Nic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** What a process of the fake host does to the devices of a machine that runs. */
final class FakeHotPlug implements HotPlug {
    private final FakeHost host;
    private final Devices devices;

    /** The devices of a running machine, however it keeps them. */
    interface Devices {
        /** Its disks, in the order in which they came. */
        Map<DeviceId, Path> disks();

        /** Adds a disk that nothing is called after yet. */
        void add(DeviceId id, MachineSpec.Disk disk);

        /** Adds a card that nothing is called after yet. */
        void add(DeviceId id, Nic nic);

        /** Takes a device away; false if the guest holds on to it. */
        boolean remove(DeviceId id);
    }

    FakeHotPlug(FakeHost host, Devices devices) {
        this.host = host;
        this.devices = devices;
    }

    static MinionsException failure(String what) {
        return new MinionsException(ErrorCode.HYPERVISOR_ERROR, what);
    }

    private <T> T call(FakeCall call, Supplier<T> body) {
        return host.process().call(call, body);
    }

    @Override
    public Map<DeviceId, Path> disks() {
        return call(FakeCall.DEVICE_READ, () -> new LinkedHashMap<>(devices.disks()));
    }

    @Override
    public void addDisk(DeviceId id, MachineSpec.Disk disk) {
        call(FakeCall.DEVICE_ADD, () -> {
            Path there = devices.disks().get(id);
            if (there != null && !there.equals(disk.path())) {
                throw new MinionsException(
                        ErrorCode.WRONG_STATE, "add disk '" + id + "': it has another of that name, with " + there);
            }
            if (there == null) {
                requireReadable(id, disk.path());
                devices.add(id, disk);
            }
            return true;
        });
    }

    private static void requireReadable(DeviceId id, Path disk) {
        if (!Files.isReadable(disk)) {
            throw failure("add disk '" + id + "': '" + disk + "': no such file");
        }
    }

    @Override
    public void growDisk(DeviceId id, ByteSize size) {
        call(FakeCall.DISK_GROW, () -> {
            Path disk = devices.disks().get(id);
            if (disk == null || length(disk) < size.bytes()) {
                throw failure("grow disk '" + id + "': " + (disk == null ? "there is none" : "the file is shorter"));
            }
            return true;
        });
    }

    private static long length(Path disk) {
        try {
            return Files.size(disk);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void addNic(DeviceId id, Nic nic) {
        call(FakeCall.DEVICE_ADD, () -> {
            devices.add(id, nic);
            return true;
        });
    }

    @Override
    public void remove(DeviceId id, Duration limit) {
        call(FakeCall.DEVICE_REMOVE, () -> {
            if (!devices.remove(id)) {
                throw failure("remove device '" + id + "': the guest has not let go of it within " + limit.toMillis()
                        + " ms");
            }
            return true;
        });
    }
}
