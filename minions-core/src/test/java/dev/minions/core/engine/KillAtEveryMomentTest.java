package dev.minions.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.minions.AttachedDisk;
import dev.minions.ByteSize;
import dev.minions.ChangeOptions;
import dev.minions.CopyOptions;
import dev.minions.CreateOptions;
import dev.minions.DestroyOptions;
import dev.minions.ProjectName;
import dev.minions.Resize;
import dev.minions.SnapshotName;
import dev.minions.SnapshotOptions;
import dev.minions.StartOptions;
import dev.minions.StopOptions;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.VmSpec;
import dev.minions.VmState;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.event.Event;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.spi.VmRecord;
import dev.minions.testkit.fake.FakeHost;
import dev.minions.testkit.fake.ProcessKilled;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

    /** A change, what must be there before it, and the states the VM may be in when it was killed and recovered. */
    enum Change {
        CREATE(Optional.empty(), Set.of(VmState.RUNNING)) {
            @Override
            void apply(Engine engine) {
                engine.create(PROJECT, TestHost.spec("web"), CreateOptions.defaults(), Lifetime.DURABLE);
            }
        },
        CREATE_STOPPED(Optional.empty(), Set.of(VmState.STOPPED)) {
            @Override
            void apply(Engine engine) {
                engine.create(
                        PROJECT, TestHost.spec("web"), CreateOptions.defaults().stopped(), Lifetime.DURABLE);
            }
        },
        LAUNCH(Optional.empty(), Set.of()) {
            @Override
            void apply(Engine engine) {
                engine.create(PROJECT, TestHost.spec("web"), CreateOptions.defaults(), Lifetime.EPHEMERAL);
            }
        },
        START(Optional.of(VmState.STOPPED), Set.of(VmState.STOPPED, VmState.RUNNING)) {
            @Override
            void apply(Engine engine) {
                engine.start(web(engine), StartOptions.defaults());
            }
        },
        STOP(Optional.of(VmState.RUNNING), Set.of(VmState.STOPPED, VmState.RUNNING)) {
            @Override
            void apply(Engine engine) {
                engine.stop(web(engine), StopOptions.defaults().grace(Duration.ofSeconds(5)));
            }
        },
        DESTROY(Optional.of(VmState.RUNNING), Set.of(VmState.RUNNING)) {
            @Override
            void apply(Engine engine) {
                engine.destroy(web(engine), DestroyOptions.defaults());
            }
        },
        DESTROY_STOPPED(Optional.of(VmState.STOPPED), Set.of(VmState.STOPPED)) {
            @Override
            void apply(Engine engine) {
                engine.destroy(web(engine), DestroyOptions.defaults());
            }
        },
        DESTROY_WITH_SNAPSHOT(Optional.of(VmState.STOPPED), Set.of(VmState.STOPPED)) {
            @Override
            void prepareMore(Engine engine) {
                engine.snapshot(web(engine), SnapshotOptions.defaults().name(CLEAN));
            }

            @Override
            void apply(Engine engine) {
                engine.destroy(web(engine), DestroyOptions.defaults());
            }
        },
        SNAPSHOT(Optional.of(VmState.STOPPED), Set.of(VmState.STOPPED)) {
            @Override
            void apply(Engine engine) {
                engine.snapshot(web(engine), SnapshotOptions.defaults().name(CLEAN));
            }
        },
        SNAPSHOT_RUNNING(Optional.of(VmState.RUNNING), Set.of(VmState.RUNNING)) {
            @Override
            void apply(Engine engine) {
                engine.snapshot(web(engine), SnapshotOptions.defaults());
            }
        },
        RESTORE(Optional.of(VmState.STOPPED), Set.of(VmState.STOPPED)) {
            @Override
            void prepareMore(Engine engine) {
                engine.snapshot(web(engine), SnapshotOptions.defaults().name(CLEAN));
                engine.resize(web(engine), Resize.none().disk(ByteSize.mib(160)), ChangeOptions.defaults());
            }

            @Override
            void apply(Engine engine) {
                engine.restore(web(engine), CLEAN, SnapshotOptions.defaults());
            }
        },
        DELETE_SNAPSHOT(Optional.of(VmState.RUNNING), Set.of(VmState.RUNNING)) {
            @Override
            void prepareMore(Engine engine) {
                engine.snapshot(web(engine), SnapshotOptions.defaults().name(CLEAN));
            }

            @Override
            void apply(Engine engine) {
                engine.deleteSnapshot(web(engine), CLEAN, SnapshotOptions.defaults());
            }
        },
        COPY(Optional.of(VmState.STOPPED), Set.of(VmState.STOPPED)) {
            @Override
            void apply(Engine engine) {
                engine.copy(PROJECT, web(engine), CopyOptions.defaults().name(VmName.of("twin")));
            }
        },
        COPY_RUNNING(Optional.of(VmState.RUNNING), Set.of(VmState.RUNNING)) {
            @Override
            void apply(Engine engine) {
                engine.copy(PROJECT, web(engine), CopyOptions.defaults());
            }
        },
        RENAME(Optional.of(VmState.RUNNING), Set.of(VmState.RUNNING)) {
            @Override
            void apply(Engine engine) {
                engine.rename(web(engine), VmName.of("web2"), ChangeOptions.defaults());
            }
        },
        RESIZE(Optional.of(VmState.STOPPED), Set.of(VmState.STOPPED)) {
            @Override
            void apply(Engine engine) {
                engine.resize(web(engine), Resize.none().cpus(1).disk(ByteSize.mib(160)), ChangeOptions.defaults());
            }
        },
        ATTACH(Optional.of(VmState.STOPPED), Set.of(VmState.STOPPED)) {
            @Override
            void apply(Engine engine) {
                engine.attach(web(engine), AttachedDisk.readOnly(Path.of("/dev/null")), ChangeOptions.defaults());
            }
        },
        ATTACH_RUNNING(Optional.of(VmState.RUNNING), Set.of(VmState.RUNNING)) {
            @Override
            void apply(Engine engine) {
                engine.attach(web(engine), AttachedDisk.readOnly(Path.of("/dev/null")), ChangeOptions.defaults());
            }
        },
        DETACH_RUNNING(Optional.of(VmState.RUNNING), Set.of(VmState.RUNNING)) {
            @Override
            void prepareMore(Engine engine) {
                engine.attach(web(engine), AttachedDisk.readOnly(Path.of("/dev/null")), ChangeOptions.defaults());
            }

            @Override
            void apply(Engine engine) {
                engine.detach(web(engine), Path.of("/dev/null"), ChangeOptions.defaults());
            }
        },
        DETACH_STARTED_WITH(Optional.of(VmState.STOPPED), Set.of(VmState.RUNNING)) {
            @Override
            void prepareMore(Engine engine) {
                engine.attach(web(engine), AttachedDisk.readOnly(Path.of("/dev/null")), ChangeOptions.defaults());
                engine.start(web(engine), StartOptions.defaults());
            }

            @Override
            void apply(Engine engine) {
                engine.detach(web(engine), Path.of("/dev/null"), ChangeOptions.defaults());
            }
        },
        RESIZE_RUNNING(Optional.of(VmState.RUNNING), Set.of(VmState.RUNNING)) {
            @Override
            void apply(Engine engine) {
                Resize larger = Resize.none()
                        .cpus(3)
                        .memory(ByteSize.mib(192))
                        .disk(ByteSize.mib(160))
                        .data(ByteSize.mib(2));
                engine.resize(web(engine), larger, ChangeOptions.defaults());
            }
        };

        private static final SnapshotName CLEAN = SnapshotName.of("clean");

        private final Optional<VmState> before;

        @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
        private final Set<VmState> after;

        Change(Optional<VmState> before, Set<VmState> after) {
            this.before = before;
            this.after = after;
        }

        abstract void apply(Engine engine);

        /** Makes what must be there before it. */
        final void prepare(Engine engine) {
            before.ifPresent(state -> {
                CreateOptions options = CreateOptions.defaults();
                VmSpec spec =
                        TestHost.spec("web").toBuilder().data(ByteSize.mib(1)).build();
                engine.create(PROJECT, spec, state == VmState.STOPPED ? options.stopped() : options, Lifetime.DURABLE);
                prepareMore(engine);
            });
        }

        void prepareMore(Engine engine) {}

        /** Whether the VM may be gone after it. */
        final boolean mayLeaveNothing() {
            return before.isEmpty() || name().startsWith("DESTROY");
        }

        /** Whether that is the VM, under the name it had or the one it is given. */
        static boolean isIt(VmRecord vm) {
            return vm.name().value().startsWith("web");
        }

        Optional<VmState> before() {
            return before;
        }

        Set<VmState> after() {
            return after;
        }

        private static VmId web(Engine engine) {
            return engine.find(PROJECT, "web").orElseThrow();
        }
    }

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
        Engine engine = test.engine(process);
        Throwable end = catchThrowable(() -> change.apply(engine));
        process.interruptAt(Long.MAX_VALUE, Thread.currentThread());
        boolean interrupted = Thread.interrupted();
        engine.close();

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
        Engine engine = test.engine(process);
        change.apply(engine);
        int moments = process.moments().size();
        process.kill();
        return moments;
    }

    private void killAt(Change change, int moment) {
        TestHost test = prepared(change, "moment-" + moment);
        FakeHost process = test.host.anotherProcess().killAt(moment);
        Throwable end = catchThrowable(() -> change.apply(test.engine(process)));
        if (end != null) {
            assertThat(end).as("%s at %d", change, moment).isInstanceOf(ProcessKilled.class);
        }
        process.kill(); // had the change fewer moments this time, it dies after it

        recover(test);

        Optional<VmState> state =
                test.vms().stream().filter(Change::isIt).map(VmRecord::state).findFirst();
        state.ifPresentOrElse(
                found -> assertThat(change.after).as("%s at %d", change, moment).contains(found),
                () -> assertThat(change.mayLeaveNothing())
                        .as("%s at %d leaves the VM", change, moment)
                        .isTrue());
        test.requireNothingLeaked();

        long recoveries = recoveries(test);
        recover(test);
        assertThat(recoveries(test)).as("a second recovery does nothing").isEqualTo(recoveries);
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
        Engine engine = test.engine();
        change.prepare(engine);
        engine.close();
        return test;
    }
}
