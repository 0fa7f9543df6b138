package dev.minions.core.engine;

import dev.minions.Minions;
import dev.minions.StopOptions;
import dev.minions.VmId;
import dev.minions.VmSpec;
import dev.minions.testkit.ChildJvm;
import dev.minions.testkit.fake.FakeHost;
import dev.minions.testkit.fake.KillPoint;
import dev.minions.testkit.kill.Change;
import dev.minions.testkit.kill.KillHost;
import java.time.Duration;
import java.util.Collection;
import org.junit.jupiter.api.function.Executable;

/**
 * A host on which somebody does damage whenever a program has been killed.
 *
 * @param host the host
 * @param damage the damage
 */
record DamagedHost(KillHost host, Executable damage) implements KillHost {
    @Override
    public ChildJvm start(Change change, KillPoint point) {
        ChildJvm program = host.start(change, point);
        program.awaitExit(patience());
        try {
            damage.execute();
        } catch (Throwable failure) {
            throw new AssertionError(failure);
        }
        return program;
    }

    @Override
    public FakeHost process() {
        return host.process();
    }

    @Override
    public Minions open(FakeHost process) {
        return host.open(process);
    }

    @Override
    public Collection<String> things() {
        return host.things();
    }

    @Override
    public Duration calm() {
        return Duration.ofSeconds(1);
    }

    @Override
    public String markOf(VmId vm) {
        return host.markOf(vm);
    }

    @Override
    public VmSpec spec(String name) {
        return host.spec(name);
    }

    @Override
    public Duration patience() {
        return host.patience();
    }

    @Override
    public StopOptions stopping() {
        return host.stopping();
    }

    @Override
    public void mark(VmId vm, String mark) {
        host.mark(vm, mark);
    }
}
