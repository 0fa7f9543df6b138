package dev.minions.testkit.fake;

import dev.minions.spi.GuestChannel;
import dev.minions.spi.GuestConnection;
import dev.minions.spi.HotPlug;
import dev.minions.spi.Sizing;
import dev.minions.spi.Vmm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A process's view of a machine of the fake host. */
final class FakeVmm implements Vmm {
    private static final int LANES = 8;

    private final FakeHost host;
    private final FakeMachine machine;

    FakeVmm(FakeHost host, FakeMachine machine) {
        this.host = host;
        this.machine = machine;
    }

    @Override
    public OptionalLong pid() {
        host.process().requireAlive();
        return machine.isRunning() ? OptionalLong.of(machine.pid()) : OptionalLong.empty();
    }

    @Override
    public Optional<Exit> awaitExit(Duration limit) {
        host.process().requireAlive();
        Optional<Exit> exit = machine.awaitExit(limit);
        host.process().requireAlive();
        return exit;
    }

    @Override
    public void pressPowerButton() {
        host.process().call(FakeCall.POWER_BUTTON, () -> {
            machine.pressPowerButton();
            return true;
        });
    }

    @Override
    public void kill() {
        host.process().call(FakeCall.VMM_KILL, () -> {
            machine.kill();
            return true;
        });
    }

    @Override
    public Optional<HotPlug> hotPlug() {
        return host.world().isRigid()
                ? Optional.empty()
                : Optional.of(new FakeHotPlug(host, host.world().devices(machine)));
    }

    @Override
    public Optional<Sizing> sizing() {
        return host.world().isRigid() ? Optional.empty() : Optional.of(new FakeSizing(host, machine));
    }

    @Override
    public GuestChannel channel() {
        return new Channel();
    }

    @Override
    public String errorTail() {
        Path errors = machine.spec().place().records().resolve("stderr");
        try {
            return Files.exists(errors) ? Files.readString(errors).strip() : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Map<String, Path> paths() {
        return Map.of("control", machine.spec().place().run().resolve("control"));
    }

    @Override
    public void close() {
        // nothing is held: the machine is the host's
    }

    private final class Channel implements GuestChannel {
        @Override
        public Framing framing() {
            return machine.framing();
        }

        @Override
        public int lanes() {
            return machine.framing() == Framing.STREAM ? LANES : 0;
        }

        @Override
        public GuestConnection open(int lane, Duration limit) {
            if (lane < 0 || (lanes() > 0 && lane >= lanes())) {
                throw new IllegalArgumentException("lane must be 0 to " + (lanes() - 1) + ", got " + lane);
            }
            return host.process().call(FakeCall.CHANNEL_OPEN, () -> {
                GuestConnection connection = machine.connect(lane, limit);
                host.process().onDeath(() -> closeQuietly(connection));
                return connection;
            });
        }

        @Override
        public boolean awaitCall(Duration limit) {
            host.process().requireAlive();
            return machine.awaitUp(limit);
        }
    }

    private static void closeQuietly(GuestConnection connection) {
        try {
            connection.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
