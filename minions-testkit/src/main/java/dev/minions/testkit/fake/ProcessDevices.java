package dev.minions.testkit.fake;

import dev.minions.ByteSize;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.DeviceId;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.Nic;
import dev.minions.spi.VmPlace;
import dev.minions.spi.process.LaunchedProcess;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The devices and the size of a machine that is a process of {@link ProcessHypervisor}. All of it is in files of that
 * process, so that every JVM sees the same: what {@code disks} holds, the process has open and locked.
 */
final class ProcessDevices implements FakeHotPlug.Devices, FakeSizing.Size {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final long LOOK_NANOS = Duration.ofMillis(2).toNanos();
    private static final List<String> SLOTS = List.of("5", "6", "7", "9");

    private final VmPlace place;
    private final Path disks;

    ProcessDevices(VmPlace place) {
        this.place = place;
        this.disks = place.run().resolve("disks");
    }

    /** Writes down what a machine is started with, before its process is. */
    void begin(MachineSpec machine) {
        write(
                "growth",
                machine.growth().maxCpus() + " " + machine.growth().maxMemory().bytes());
        cpus(machine.cpus());
        memory(machine.memory());
    }

    /** Opened for reading too, since a FIFO that nobody reads any more would be waited for without end. */
    void tell(String what, String words) {
        try (var power = new RandomAccessFile(place.run().resolve("power").toFile(), "rw");
                var out = new FileOutputStream(power.getFD())) {
            out.write((words + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new MinionsException(
                    ErrorCode.HYPERVISOR_ERROR, what + " of vm " + place.vm().shortForm() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Map<DeviceId, Path> disks() {
        Map<DeviceId, Path> found = new TreeMap<>((one, other) -> one.value().compareTo(other.value()));
        entries().forEach((id, entry) -> found.put(id, Path.of(entry.substring(2))));
        return found;
    }

    /** By id, the slot and the file. */
    private Map<DeviceId, String> entries() {
        requireRunning();
        Map<DeviceId, String> found = new TreeMap<>((one, other) -> one.value().compareTo(other.value()));
        try (var files = Files.newDirectoryStream(disks, "[a-z]*")) {
            for (Path file : files) {
                found.put(
                        DeviceId.of(String.valueOf(file.getFileName())),
                        Files.readString(file).strip());
            }
        } catch (IOException e) {
            throw FakeHotPlug.failure("list the disks of vm " + place.vm().shortForm() + ": " + e);
        }
        return found;
    }

    private void requireRunning() {
        if (LaunchedProcess.find(place.records().resolve(ProcessHypervisor.NOTES))
                .filter(LaunchedProcess::isAlive)
                .isEmpty()) {
            throw FakeHotPlug.failure("list the disks of vm " + place.vm().shortForm() + ": its vmm has ended");
        }
    }

    @Override
    public void add(DeviceId id, MachineSpec.Disk disk) {
        List<String> free = new ArrayList<>(SLOTS);
        entries().values().forEach(entry -> free.remove(entry.substring(0, 1)));
        if (free.isEmpty()) {
            throw FakeHotPlug.failure("add disk '" + id + "': the machine has no room");
        }
        Path refused = place.run().resolve("refused-" + id);
        tell("add disk '" + id + "'", "plug " + id + " " + free.get(0) + " " + disk.path());
        await("add disk '" + id + "'", () -> Files.exists(disks.resolve(id.value())) || Files.exists(refused));
        if (Files.exists(refused)) {
            refused.toFile().delete();
            throw FakeHotPlug.failure("add disk '" + id + "': '" + disk.path() + "' is locked by another process");
        }
    }

    @Override
    public void add(DeviceId id, Nic nic) {
        write("card-" + id, nic.mac());
    }

    @Override
    public boolean remove(DeviceId id) {
        String entry = entries().get(id);
        if (entry != null) {
            tell("remove device '" + id + "'", "unplug " + id + " " + entry.charAt(0));
            await("remove device '" + id + "'", () -> !Files.exists(disks.resolve(id.value())));
        }
        return true;
    }

    private void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw FakeHotPlug.failure(what + " of vm " + place.vm().shortForm() + ": its process does not answer");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    @Override
    public MachineSpec.Growth growth() {
        String[] words = read("growth").split(" ", -1);
        return new MachineSpec.Growth(Integer.parseInt(words[0]), ByteSize.bytes(Long.parseLong(words[1])));
    }

    @Override
    public void cpus(int count) {
        write("cpus", Integer.toString(count));
    }

    @Override
    public void memory(ByteSize size) {
        write("memory", Long.toString(size.bytes()));
    }

    private String read(String name) {
        try {
            return Files.readString(place.run().resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String name, String text) {
        try {
            Files.writeString(place.run().resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
