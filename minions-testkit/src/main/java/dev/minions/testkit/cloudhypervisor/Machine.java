package dev.minions.testkit.cloudhypervisor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The VM in the process: its configuration, its state, and what it has open. As in the true program one thread at a time
 * acts on it, whether for a client or for the guest: whoever calls holds {@link #turn}.
 */
final class Machine {
    /** States as clients see them. */
    enum State {
        CREATED("Created"),
        RUNNING("Running"),
        PAUSED("Paused");

        private final String text;

        State(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private static final String[] CREATE = {"The VM could not be created"};
    private static final String[] BOOT = {"The VM could not boot"};

    private final ReentrantLock turn = new ReentrantLock(true);
    private final Options options;
    private final EventLog events;
    private final Runnable exit;
    private final DiskLocks locks = new DiskLocks();
    private final Devices devices = new Devices();
    private @Nullable Map<String, Object> config;
    private volatile @Nullable SerialPort serial;
    private volatile @Nullable HybridVsock vsock;
    private volatile @Nullable Guest guest;
    private State state = State.CREATED;
    private boolean halfMade;
    private int boots;

    Machine(Options options, EventLog events, Runnable exit) {
        this.options = options;
        this.events = events;
        this.exit = exit;
    }

    ReentrantLock turn() {
        return turn;
    }

    EventLog events() {
        return events;
    }

    Devices devices() {
        return devices;
    }

    DiskLocks locks() {
        return locks;
    }

    State state() {
        return state;
    }

    Optional<Guest> guest() {
        return Optional.ofNullable(guest);
    }

    Optional<Map<String, Object>> config() {
        return Optional.ofNullable(config);
    }

    int boots() {
        return boots;
    }

    boolean isBooted() {
        return guest != null;
    }

    // What clients ask for.

    void create(Map<String, Object> wanted) throws ApiError {
        if (config != null) {
            throw Messages.error(CREATE, "VM is already created");
        }
        config = wanted;
        state = State.CREATED;
        openConsole(CREATE);
        if (Boolean.TRUE.equals(wanted.get("landlock_enable")) && options.landlock() < 3) {
            throw Messages.error(
                    CREATE,
                    "Failed to apply landlock config during vm_create",
                    "Error creating/adding/restricting ruleset",
                    "partially incompatible access-rights: BitFlags<AccessFs>(0b100000000000000, Truncate)");
        }
    }

    void boot() throws ApiError {
        if (isBooted()) {
            throw Messages.error(BOOT, "VM is already created");
        }
        events.report("vm", "booting");
        Map<String, Object> wanted = config;
        if (wanted == null) {
            throw ApiError.handler(options.release().missing(), BOOT[0], "VM config is missing");
        }
        openConsole(BOOT);
        halfMade = true;
        requireKernel(wanted);
        make(wanted, BOOT);
        halfMade = false;
        start();
        events.report("vm", "booted");
    }

    /** Devices, disks and the vsock; not the guest. */
    void make(Map<String, Object> wanted, String... outer) throws ApiError {
        devices.number(wanted);
        try {
            for (Map<String, Object> disk : Devices.tables(wanted, "disks")) {
                locks.take(disk, outer);
            }
            Optional<Map<String, Object>> channel = Devices.table(wanted, "vsock");
            if (channel.isPresent()) {
                vsock = HybridVsock.listen(Path.of(String.valueOf(channel.get().get("socket"))));
            }
        } catch (IOException e) {
            locks.releaseAll();
            throw Messages.error(
                    outer, "Error from device manager", "Cannot create virtio-vsock backend", Messages.of(e));
        } catch (ApiError e) {
            locks.releaseAll();
            throw e;
        }
    }

    private static void requireKernel(Map<String, Object> wanted) throws ApiError {
        Map<String, Object> payload = Devices.table(wanted, "payload").orElseThrow();
        for (String part : List.of("kernel", "initramfs")) {
            Object file = payload.get(part);
            if (file != null && !Files.isReadable(Path.of(file.toString()))) {
                throw Messages.error(BOOT, "Cannot open " + part + " file", "No such file or directory (os error 2)");
            }
        }
    }

    private void start() {
        boots++;
        state = State.RUNNING;
        Guest next = new Guest(this, commandLine());
        guest = next;
        next.boot();
    }

    private String commandLine() {
        Object text = config().flatMap(wanted -> Devices.table(wanted, "payload"))
                .orElseThrow()
                .get("cmdline");
        return text == null ? "" : text.toString();
    }

    void openConsole(String... outer) throws ApiError {
        Optional<Map<String, Object>> port = config().flatMap(wanted -> Devices.table(wanted, "serial"));
        if (serial != null || port.isEmpty() || !"Socket".equals(port.get().get("mode"))) {
            return;
        }
        try {
            serial = SerialPort.listen(
                    Path.of(String.valueOf(port.get().get("socket"))),
                    options.release().keepsConsole(),
                    text -> print("guest read: " + text));
        } catch (IOException e) {
            throw Messages.error(
                    outer, "Error creating console devices", "Error creating console device", Messages.of(e));
        }
    }

    /** A machine with the memory of another. */
    void restore(Map<String, Object> saved) throws ApiError {
        config = saved;
        String[] outer = {"The VM could not be restored"};
        openConsole(outer);
        make(saved, outer);
        boots++;
        state = State.PAUSED;
        Guest next = new Guest(this, commandLine());
        guest = next;
        devices.activated(events);
        events.report("vm", "restoring");
        events.report("vm", "restored");
        next.wakeUp();
    }

    void setPaused(boolean paused) {
        state = paused ? State.PAUSED : State.RUNNING;
        HybridVsock channel = vsock;
        if (channel != null) {
            channel.answer(!paused);
        }
    }

    void pressButton() throws ApiError {
        guest().orElseThrow(() -> ApiError.internal("Error triggering power button", "VM is not running"))
                .pressButton();
    }

    void shutDown() throws ApiError {
        if (!isBooted() && !halfMade) {
            throw ApiError.internal("The VM could not shutdown", "VM is not running");
        }
        stop();
        events.report("vm", "shutdown");
    }

    void delete() throws ApiError {
        if (config == null) {
            return;
        }
        if (isBooted() || halfMade) {
            shutDown();
        }
        closeConsole();
        config = null;
        events.report("vm", "deleted");
    }

    void reboot() throws ApiError {
        if (!isBooted()) {
            throw ApiError.handler(options.release().missing(), "The VM could not reboot", "VM is not created");
        }
        events.report("vm", "rebooting");
        stop();
        openConsole("The VM could not reboot");
        make(config().orElseThrow(), "The VM could not reboot");
        start();
        events.report("vm", "rebooted");
    }

    /** What is open is closed; the configuration stays. */
    private void stop() {
        guest().ifPresent(Guest::end);
        guest = null;
        halfMade = false;
        state = State.CREATED;
        locks.releaseAll();
        HybridVsock channel = vsock;
        vsock = null;
        closeConsole();
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void closeConsole() {
        SerialPort port = serial;
        serial = null;
        try {
            if (port != null) {
                port.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything goes, and then the process. */
    void shutDownVmm() throws ApiError {
        delete();
        events.report("vmm", "shutdown");
    }

    // What the guest does.

    boolean rootIsWritable() {
        return config().map(wanted -> Devices.tables(wanted, "disks"))
                .filter(disks -> !disks.isEmpty())
                .map(disks -> disks.get(0).containsKey("image_type"))
                .orElse(true);
    }

    void print(String text) {
        SerialPort port = serial;
        if (port != null) {
            port.write(text);
        }
    }

    void activateDevices(Guest whose) {
        HybridVsock channel = vsock;
        if (guest == whose && channel != null) {
            devices.activated(events);
            channel.answer(true);
        }
    }

    void listen(Guest whose, long port, HybridVsock.Listener listener) {
        HybridVsock channel = vsock;
        if (guest == whose && channel != null) {
            channel.listen(port, listener);
        }
    }

    void dial(long port, String text) {
        HybridVsock channel = vsock;
        if (channel != null) {
            channel.dial(port, text);
        }
    }

    void guestPanics(Guest whose) {
        print("[    1.000000] Kernel panic - not syncing: as it was told\r\n");
        if (guest == whose && config().map(wanted -> wanted.get("pvpanic")).equals(Optional.of(true))) {
            events.report("guest", "panic", "event", "panic");
        }
    }

    void guestReboots(Guest whose) {
        turn.lock();
        try {
            if (guest == whose) {
                devices.reset(events);
                reboot();
            }
        } catch (ApiError e) {
            exit.run();
        } finally {
            turn.unlock();
        }
    }

    void guestPowersOff(Guest whose) {
        turn.lock();
        try {
            if (guest == whose) {
                devices.reset(events);
                shutDownVmm();
                exit.run();
            }
        } catch (ApiError e) {
            throw new IllegalStateException(Arrays.toString(BOOT), e);
        } finally {
            turn.unlock();
        }
    }
}
