package dev.minions.hypervisor.qemu;

import dev.minions.spi.GuestChannel;
import dev.minions.spi.HotPlug;
import dev.minions.spi.Pausing;
import dev.minions.spi.VmPlace;
import dev.minions.spi.Vmm;
import dev.minions.spi.process.LaunchedProcess;
import dev.minions.spi.process.ProcessExit;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** A QEMU process. Holds nothing open. */
final class QemuVmm implements Vmm {
    /** Milliseconds as a rule; a QEMU on a host that is itself emulated, and busy, was seen to take more than two seconds. */
    private static final Duration BUTTON_LIMIT = Duration.ofSeconds(10);

    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
    private static final Duration LOG_LIMIT = Duration.ofSeconds(5);

    /** Signals by which a program ends itself, or the kernel ends it for what it did. */
    private static final Set<Integer> CRASHES = Set.of(3, 4, 5, 6, 7, 8, 11, 31);

    private final VmmFiles files;
    private final LaunchedProcess process;
    private final Acceleration acceleration;

    QemuVmm(VmPlace place, LaunchedProcess process, Acceleration acceleration) {
        this.files = new VmmFiles(place);
        this.process = process;
        this.acceleration = acceleration;
    }

    @Override
    public OptionalLong pid() {
        return process.isAlive() ? OptionalLong.of(process.identity().pid()) : OptionalLong.empty();
    }

    @Override
    public Optional<Exit> awaitExit(Duration limit) {
        return process.awaitExit(limit).map(this::exit);
    }

    /** Whether it has ended, and something is known of how. */
    boolean isEndKnown() {
        return awaitExit(Duration.ZERO)
                .filter(exit -> exit.cause() != Cause.UNKNOWN)
                .isPresent();
    }

    /** QEMU ends with code 0 for the guest's wish and for a signal alike; what it reported before tells them apart. */
    private Exit exit(ProcessExit exit) {
        process.awaitLogs(LOG_LIMIT);
        VmmLog log = VmmLog.of(files.log());
        OptionalInt code =
                exit instanceof ProcessExit.Exited exited ? OptionalInt.of(exited.code()) : OptionalInt.empty();
        if (exit instanceof ProcessExit.Signalled signalled) {
            boolean crash = CRASHES.contains(signalled.signal());
            return new Exit(crash ? Cause.FAILED : Cause.KILLED, code, "qemu was ended by " + exit);
        }
        String reason = log.shutdownReason().orElse("");
        return switch (reason) {
            case "guest-shutdown" -> new Exit(Cause.GUEST_POWERED_OFF, code, "the guest powered itself off");
            case "guest-panic" -> new Exit(Cause.GUEST_PANICKED, code, "the guest's kernel panicked");
            case "host-signal" -> new Exit(Cause.KILLED, code, "qemu was ended by a signal");
            case "host-qmp-quit" -> new Exit(Cause.KILLED, code, "qemu was told to quit");
            case "" -> withoutReason(code, log.lastLines());
            default -> new Exit(Cause.FAILED, code, "qemu shut the machine down: " + reason);
        };
    }

    private static Exit withoutReason(OptionalInt code, String said) {
        if (code.isEmpty() || code.getAsInt() == 0) {
            return new Exit(Cause.UNKNOWN, code, "qemu ended, and nobody saw how");
        }
        return new Exit(
                Cause.FAILED,
                code,
                "qemu ended with exit code " + code.getAsInt() + (said.isEmpty() ? "" : ": " + said));
    }

    @Override
    public void pressPowerButton() {
        new QmpControl(files).execute("system_powerdown", BUTTON_LIMIT);
    }

    @Override
    public void kill() {
        process.kill(KILL_LIMIT);
    }

    @Override
    public Optional<HotPlug> hotPlug() {
        return Optional.of(new QemuHotPlug(files, acceleration));
    }

    @Override
    public Optional<Pausing> pausing() {
        return Optional.of(new QemuPausing(new QmpControl(files)));
    }

    @Override
    public GuestChannel channel() {
        return new SerialChannel(files, process);
    }

    @Override
    public String errorTail() {
        return String.join("\n", VmmLog.of(files.log()).tail());
    }

    @Override
    public Map<String, Path> paths() {
        Map<String, Path> paths = files.named();
        paths.values().removeIf(path -> !Files.exists(path, LinkOption.NOFOLLOW_LINKS));
        return paths;
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
