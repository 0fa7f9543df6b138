package dev.minions.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.CreateOptions;
import dev.minions.DestroyOptions;
import dev.minions.ProjectName;
import dev.minions.VmId;
import dev.minions.VmState;
import dev.minions.core.ChildJvm;
import dev.minions.core.engine.KillAtEveryMomentTest.Change;
import dev.minions.event.Event;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.spi.VmRecord;
import dev.minions.testkit.census.LeakCensus;
import dev.minions.testkit.fake.FakeHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each change of a VM in a JVM that is killed by {@code SIGKILL}, on SQLite, lock files, directories and processes. The
 * moments are counted by running the change once unharmed. As a JVM takes its time, a few moments of each change are
 * drawn: {@code -Dminions.kill.sample=0} takes them all, {@code -Dminions.kill.seed=N} draws others.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class KilledJvmTest {
    private static final ProjectName PROJECT = ProjectName.DEFAULT;
    private static final int SIGKILLED = 128 + 9;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void aChangeWhoseJvmIsKilledIsDoneOrUndoneByTheNextChangeOfAnotherJvm(Change change) throws IOException {
        int moments = momentsOf(change);
        List<Integer> drawn = draw(moments);
        for (int moment : drawn) {
            killAt(change, moment);
        }
        System.out.printf("kill %s: points=%d runs=%d leaked=0 lost=0%n", change, moments, drawn.size());
    }

    private static List<Integer> draw(int moments) {
        List<Integer> all = new ArrayList<>();
        for (int moment = 1; moment <= moments; moment++) {
            all.add(moment);
        }
        int sample = Integer.getInteger("minions.kill.sample", 4);
        Collections.shuffle(all, new Random(Long.getLong("minions.kill.seed", 20_261_121L)));
        return sample == 0 ? all : all.subList(0, Math.min(sample, moments));
    }

    private int momentsOf(Change change) throws IOException {
        DiskHost host = DiskHost.make(directory.resolve("count"));
        prepare(host, change);
        FakeHost process = host.process();
        try (Engine engine = host.engine(process)) {
            change.apply(engine);
            int moments = process.moments().size();
            engine.list(PROJECT).forEach(vm -> engine.destroy(vm.id(), DestroyOptions.defaults()));
            return moments;
        }
    }

    private static void prepare(DiskHost host, Change change) {
        try (Engine engine = host.engine(host.process())) {
            change.prepare(engine);
        }
    }

    private void killAt(Change change, int moment) throws IOException {
        Path root = directory.resolve("moment-" + moment);
        DiskHost host = DiskHost.make(root);
        recover(host); // so that all that an installation keeps for itself is there
        LeakCensus.Snapshot empty = host.census();
        prepare(host, change);
        try (ChildJvm child =
                ChildJvm.start(KilledProgram.class, root.toString(), change.name(), Integer.toString(moment))) {
            assertThat(child.awaitExit()).isEqualTo(SIGKILLED);
        }

        recover(host);

        Optional<VmState> state =
                host.vms().stream().filter(Change::isIt).map(VmRecord::state).findFirst();
        state.ifPresentOrElse(
                found -> assertThat(change.after())
                        .as("%s at %d", change, moment)
                        .contains(found),
                () -> assertThat(change.mayLeaveNothing()).isTrue());
        host.requireNothingLeaked();
        long recoveries = recoveries(host);
        recover(host);
        assertThat(recoveries(host)).as("a second recovery does nothing").isEqualTo(recoveries);

        try (Engine engine = host.engine(host.process())) {
            engine.list(PROJECT).forEach(vm -> engine.destroy(vm.id(), DestroyOptions.defaults()));
        }
        assertThat(host.census().moreThan(empty)).as("%s at %d", change, moment).isEmpty();
    }

    /** The next change that anybody makes, whatever it is, recovers first. */
    private static void recover(DiskHost host) {
        try (Engine engine = host.engine(host.process())) {
            VmId other = engine.create(
                    PROJECT, TestHost.spec("other"), CreateOptions.defaults().stopped(), Lifetime.DURABLE);
            engine.destroy(other, DestroyOptions.defaults());
        }
    }

    private static long recoveries(DiskHost host) {
        try (Engine engine = host.engine(host.process())) {
            return engine.events(PROJECT, 0, 1000).stream()
                    .filter(event -> event.type() == Event.Type.RECOVERED)
                    .count();
        }
    }
}
