package dev.minions.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.minions.CreateOptions;
import dev.minions.DestroyOptions;
import dev.minions.Minions;
import dev.minions.ProjectName;
import dev.minions.VmId;
import dev.minions.VmState;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.event.Event;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.spi.VmRecord;
import dev.minions.testkit.fake.FakeHost;
import dev.minions.testkit.fake.ProcessKilled;
import dev.minions.testkit.kill.Change;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each change of a VM, killed at every moment: before, halfway through and after each call to the store or a backend.
 * The moments are counted by running the change once unharmed, so a new step cannot be forgotten here.
 */
class KillAtEveryMomentTest {
    private static final ProjectName PROJECT = ProjectName.DEFAULT;

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void aChangeThatIsKilledAtAnyMomentIsDoneOrUndoneAfterTheNextChange(Change change) {
        int moments = momentsOf(change);
        assertThat(moments).isGreaterThan(10);
        for (int moment = 1; moment <= moments; moment++) {
            killAt(change, moment);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aChangeThatIsInterruptedAtAnyMomentSaysInOneSentenceWhatBecameOfIt(Change change) {
        int moments = momentsOf(change);
        for (int moment = 1; moment <= moments; moment++) {
            interruptAt(change, moment);
        }
    }

    private void interruptAt(Change change, int moment) {
        TestHost test = prepared(change, "interrupted-" + moment);
        FakeHost process = test.host.anotherProcess().interruptAt(moment, Thread.currentThread());
        Minions minions = test.minions(process);
        Throwable end = catchThrowable(() -> change.apply(minions, test.guests()));
        process.interruptAt(Long.MAX_VALUE, Thread.currentThread());
        boolean interrupted = Thread.interrupted();
        minions.close();

        if (end != null) {
            assertThat(interrupted)
                    .as("%s at %d keeps the interrupt", change, moment)
                    .isTrue();
            assertThat(end)
                    .as("%s at %d", change, moment)
                    .isInstanceOfSatisfying(
                            MinionsException.class,
                            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.CALL_INTERRUPTED))
                    .message()
                    .matches("(create|start|stop|destroy|(delete )?snapshot|restore|copy|rename|resize|attach|detach)"
                            + " vm '[a-z0-9-]+': interrupted;"
                            + " (nothing was changed|it was undone|it was finished)");
        }
        test.requireNothingLeaked();
    }

    private int momentsOf(Change change) {
        TestHost test = prepared(change, "count");
        FakeHost process = test.host.anotherProcess();
        change.apply(test.minions(process), test.guests());
        int moments = process.moments().size();
        process.kill();
        return moments;
    }

    private void killAt(Change change, int moment) {
        TestHost test = prepared(change, "moment-" + moment);
        FakeHost process = test.host.anotherProcess().killAt(moment);
        Throwable end = catchThrowable(() -> change.apply(test.minions(process), test.guests()));
        if (end != null) {
            assertThat(end).as("%s at %d", change, moment).isInstanceOf(ProcessKilled.class);
        }
        process.kill(); // had the change fewer moments this time, it dies after it

        recover(test);

        Optional<VmState> state = test.vms().stream()
                .filter(KillAtEveryMomentTest::isIt)
                .map(VmRecord::state)
                .findFirst();
        state.ifPresentOrElse(
                found -> assertThat(change.states())
                        .as("%s at %d", change, moment)
                        .contains(found),
                () -> assertThat(change.mayLeaveNothing())
                        .as("%s at %d leaves the VM", change, moment)
                        .isTrue());
        test.requireNothingLeaked();

        long recoveries = recoveries(test);
        recover(test);
        assertThat(recoveries(test)).as("a second recovery does nothing").isEqualTo(recoveries);
    }

    /** Whether that is the VM, under the name it had or the one it is given. */
    private static boolean isIt(VmRecord vm) {
        return vm.name().value().startsWith(Change.NAME);
    }

    /** The next change that anybody makes, whatever it is, recovers first. */
    private static void recover(TestHost test) {
        Engine engine = test.engine();
        VmId other = engine.create(
                PROJECT, TestHost.spec("other"), CreateOptions.defaults().stopped(), Lifetime.DURABLE);
        engine.destroy(other, DestroyOptions.defaults());
        engine.close();
    }

    private static List<Event> events(TestHost test) {
        Engine engine = test.engine();
        List<Event> events = engine.events(PROJECT, 0, 1000);
        engine.close();
        return events;
    }

    private static long recoveries(TestHost test) {
        return events(test).stream()
                .filter(event -> event.type() == Event.Type.RECOVERED)
                .count();
    }

    private TestHost prepared(Change change, String name) {
        TestHost test = new TestHost(directory.resolve(name));
        try (Minions minions = test.minions(test.host.anotherProcess())) {
            change.prepare(minions, test.guests());
        }
        return test;
    }
}
