package dev.minions.testkit.fake;

import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.GuestChannel;
import dev.minions.spi.GuestConnection;
import dev.minions.spi.HotPlug;
import dev.minions.spi.Sizing;
import dev.minions.spi.VmPlace;
import dev.minions.spi.Vmm;
import dev.minions.spi.process.LaunchedProcess;
import dev.minions.spi.process.ProcessExit;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** A machine that is a real process, and what stands for its guest's agent in this JVM. */
final class ProcessVmm implements Vmm {
    private static final int PANICKED = 3;
    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);

    private final FakeHost host;
    private final VmPlace place;
    private final LaunchedProcess process;

    ProcessVmm(FakeHost host, VmPlace place, LaunchedProcess process) {
        this.host = host;
        this.place = place;
        this.process = process;
    }

    static boolean isFailure(Optional<ProcessExit> exit) {
        return exit.map(ProcessVmm::exit)
                .filter(end -> end.cause() == Cause.FAILED)
                .isPresent();
    }

    boolean isForgotten() {
        return awaitExit(Duration.ZERO)
                .filter(exit -> exit.cause() == Cause.UNKNOWN)
                .isPresent();
    }

    @Override
    public OptionalLong pid() {
        host.process().requireAlive();
        return process.isAlive() ? OptionalLong.of(process.identity().pid()) : OptionalLong.empty();
    }

    @Override
    public Optional<Exit> awaitExit(Duration limit) {
        host.process().requireAlive();
        return process.awaitExit(limit).map(ProcessVmm::exit);
    }

    private static Exit exit(ProcessExit exit) {
        return switch (exit) {
            case ProcessExit.Signalled signalled -> new Exit(Cause.KILLED, OptionalInt.empty(), exit.toString());
            case ProcessExit.Unknown unknown -> new Exit(Cause.UNKNOWN, OptionalInt.empty(), "nobody saw how it ended");
            case ProcessExit.Exited exited ->
                switch (exited.code()) {
                    case 0 -> new Exit(Cause.GUEST_POWERED_OFF, OptionalInt.of(0), "the guest powered itself off");
                    case PANICKED ->
                        new Exit(Cause.GUEST_PANICKED, OptionalInt.of(PANICKED), "the guest's kernel panicked");
                    default -> new Exit(Cause.FAILED, OptionalInt.of(exited.code()), exit.toString());
                };
        };
    }

    @Override
    public void pressPowerButton() {
        host.process().call(FakeCall.POWER_BUTTON, () -> {
            if (!process.isAlive()) {
                throw new MinionsException(
                        ErrorCode.HYPERVISOR_ERROR,
                        "press the power button of vm " + place.vm().shortForm() + ": its vmm has ended");
            }
            press();
            return true;
        });
    }

    private void press() {
        new ProcessDevices(place).tell("press the power button", "pressed");
    }

    @Override
    public void kill() {
        host.process().call(FakeCall.VMM_KILL, () -> process.kill(KILL_LIMIT));
    }

    @Override
    public Optional<HotPlug> hotPlug() {
        return Optional.of(new FakeHotPlug(host, new ProcessDevices(place)));
    }

    @Override
    public Optional<Sizing> sizing() {
        return Optional.of(new FakeSizing(host, new ProcessDevices(place)));
    }

    @Override
    public GuestChannel channel() {
        return new Channel();
    }

    @Override
    public String errorTail() {
        return ProcessHypervisor.errors(place).tail(20);
    }

    @Override
    public Map<String, Path> paths() {
        return Map.of("power", place.run().resolve("power"));
    }

    @Override
    public void close() {
        // nothing is held: the process is the host's
    }

    private final class Channel implements GuestChannel, FakeAgent.Guest {
        @Override
        public Framing framing() {
            return Framing.CONNECTIONS;
        }

        @Override
        public int lanes() {
            return 0;
        }

        @Override
        public boolean awaitCall(Duration limit) {
            return process.isAlive();
        }

        @Override
        public GuestConnection open(int lane, Duration limit) {
            return host.process().call(FakeCall.CHANNEL_OPEN, () -> {
                if (!process.isAlive()) {
                    throw new MinionsException(
                            ErrorCode.VMM_EXITED,
                            "connect to the agent of vm " + vm().shortForm() + ": its vmm has ended");
                }
                var toGuest = new Pipe();
                var toHost = new Pipe();
                Runnable hangUp = () -> {
                    toGuest.close();
                    toHost.close();
                };
                LaunchedProcess.Watch watch = process.onExit(exit -> hangUp.run());
                serve(new PipeConnection(toGuest, toHost, hangUp));
                return new PipeConnection(toHost, toGuest, () -> {
                    watch.close();
                    hangUp.run();
                });
            });
        }

        private void serve(PipeConnection connection) {
            Thread.ofVirtual().name("fake-agent-" + vm().shortForm()).start(() -> {
                try (connection) {
                    host.agent().serve(connection, this);
                } catch (IOException e) {
                    return; // the host let go in the middle of something, or the guest ended
                }
            });
        }

        @Override
        public VmId vm() {
            return place.vm();
        }

        @Override
        public VmName name() {
            return VmName.of("vm-" + place.cid());
        }

        @Override
        public void powerOff() {
            press();
        }
    }
}
