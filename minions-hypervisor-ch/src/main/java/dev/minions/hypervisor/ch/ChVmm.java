package dev.minions.hypervisor.ch;

import dev.minions.spi.GuestChannel;
import dev.minions.spi.HotPlug;
import dev.minions.spi.Pausing;
import dev.minions.spi.Sizing;
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

/** A Cloud Hypervisor process. Holds nothing open but, if it was started here, the socket for its guest's call. */
final class ChVmm implements Vmm {
    private static final Duration LOG_LIMIT = Duration.ofSeconds(5);

    /** Signals by which a program ends itself, or the kernel ends it for what it did; 31 is a forbidden system call. */
    private static final Set<Integer> CRASHES = Set.of(3, 4, 5, 6, 7, 8, 11, 31);

    private final ChFiles files;
    private final LaunchedProcess process;
    private final Api api;
    private final Limits limits;
    private final Watches watches;
    private final Optional<ReadyCall> call;

    ChVmm(ChFiles files, LaunchedProcess process, Api api, Limits limits, Watches watches, Optional<ReadyCall> call) {
        this.files = files;
        this.process = process;
        this.api = api;
        this.limits = limits;
        this.watches = watches;
        this.call = call;
    }

    @Override
    public OptionalLong pid() {
        return process.isAlive() ? OptionalLong.of(process.identity().pid()) : OptionalLong.empty();
    }

    /**
     * A VMM whose guest has panicked would run on and do nothing. Whoever waits for its end sees the panic reported, and
     * ends it.
     */
    @Override
    public Optional<Exit> awaitExit(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        Optional<Exit> now = look();
        if (now.isPresent() || limit.isZero() || limit.isNegative()) {
            return now;
        }
        try (Watches.Watch watch = watches.of(files.log().directory())) {
            LaunchedProcess.Watch death = process.onExit(exit -> watch.wake());
            try {
                Optional<Exit> exit = look();
                while (exit.isEmpty() && System.nanoTime() - deadline < 0) {
                    watch.await(Duration.ofNanos(deadline - System.nanoTime()));
                    exit = look();
                }
                return exit;
            } finally {
                death.close();
            }
        }
    }

    private Optional<Exit> look() {
        if (process.isAlive() && EventLog.of(files.log()).isPanicked()) {
            process.kill(limits.start());
        }
        return process.awaitExit(Duration.ZERO).map(this::exit);
    }

    /** Whether it has ended, and something is known of how. */
    boolean isEndKnown() {
        return look().filter(exit -> exit.cause() != Cause.UNKNOWN).isPresent();
    }

    /** It ends with code 0 for the guest's wish, a request and a signal alike. */
    private Exit exit(ProcessExit exit) {
        process.awaitLogs(LOG_LIMIT);
        EventLog log = EventLog.of(files.log());
        OptionalInt code =
                exit instanceof ProcessExit.Exited exited ? OptionalInt.of(exited.code()) : OptionalInt.empty();
        if (log.isPanicked()) {
            return new Exit(Cause.GUEST_PANICKED, code, "the guest's kernel panicked");
        }
        Optional<String> ours = Ending.of(files);
        if (ours.isPresent()) {
            return new Exit(Cause.KILLED, code, "cloud-hypervisor was ended by " + ours.get());
        }
        if (exit instanceof ProcessExit.Signalled signalled) {
            boolean crash = CRASHES.contains(signalled.signal());
            return new Exit(
                    crash ? Cause.FAILED : Cause.KILLED, code, "cloud-hypervisor was ended by " + exit + said(log));
        }
        if (log.isPoweredOff()) {
            return new Exit(Cause.GUEST_POWERED_OFF, code, "the guest powered itself off");
        }
        return withoutReason(code, log);
    }

    private static Exit withoutReason(OptionalInt code, EventLog log) {
        boolean told = log.events().stream().anyMatch(event -> event.is("vmm", "shutdown"));
        if (told) {
            return new Exit(Cause.KILLED, code, "cloud-hypervisor was told to end, by a signal or a request");
        }
        if (code.isEmpty() || code.getAsInt() == 0) {
            return new Exit(Cause.UNKNOWN, code, "cloud-hypervisor ended, and nobody saw how");
        }
        return new Exit(Cause.FAILED, code, "cloud-hypervisor ended with exit code " + code.getAsInt() + said(log));
    }

    private static String said(EventLog log) {
        return log.tail().isEmpty() ? "" : ": " + String.join("; ", log.tail());
    }

    @Override
    public void pressPowerButton() {
        api.call(Verb.POWER_BUTTON);
    }

    @Override
    public void kill() {
        new Ending(files, process, api, limits).run();
    }

    @Override
    public Optional<HotPlug> hotPlug() {
        return Optional.of(new ChHotPlug(files, api, watches));
    }

    @Override
    public Optional<Sizing> sizing() {
        return Optional.of(new ChSizing(api));
    }

    @Override
    public Optional<Pausing> pausing() {
        return Optional.of(new ChPausing(api));
    }

    @Override
    public GuestChannel channel() {
        return new VsockChannel(files, process, watches, call);
    }

    @Override
    public String errorTail() {
        return String.join("\n", EventLog.of(files.log()).tail());
    }

    @Override
    public Map<String, Path> paths() {
        Map<String, Path> paths = files.named();
        paths.values().removeIf(path -> !Files.exists(path, LinkOption.NOFOLLOW_LINKS));
        return paths;
    }

    @Override
    public void close() {
        call.ifPresent(ReadyCall::close);
    }
}
