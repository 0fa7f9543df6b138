package dev.minions.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.ProjectName;
import dev.minions.VmId;
import dev.minions.event.Event;
import dev.minions.spi.VmRecord;
import dev.minions.testkit.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many processes on one database, some of which are killed. */
class StoreProcessesTest {
    private static final int PROCESSES = 10;
    private static final int COMMITS = 200;
    private static final VmId COUNTER = VmId.of("019a0000-0000-7000-8000-000000000001");

    @TempDir
    Path directory;

    @Test
    void tenProcessesLoseNoCommit() {
        List<ChildJvm> writers = startAll(COMMITS);
        try {
            List<Long> slowest = writers.stream()
                    .map(writer -> Long.parseLong(lastLine(writer)))
                    .toList();
            System.out.printf(
                    "%d processes, %d commits each: slowest 99th percentile %d µs%n",
                    PROCESSES,
                    COMMITS,
                    slowest.stream().mapToLong(Long::longValue).max().orElse(0));
        } finally {
            writers.forEach(ChildJvm::close);
        }
        try (SqliteStore store = SqliteStore.open(directory)) {
            assertThat(count(store)).isEqualTo(PROCESSES * COMMITS);
            assertThat(events(store)).hasSize(PROCESSES * COMMITS).doesNotHaveDuplicates();
        }
    }

    @Test
    void whatWasCommittedOutlastsTheKilledProcessAndWhatWasNotLeavesNothing() {
        List<ChildJvm> writers = startAll(Integer.MAX_VALUE);
        List<String> acknowledged = new ArrayList<>();
        for (ChildJvm writer : writers) {
            IntStream.range(0, 20).forEach(i -> acknowledged.add(writer.hear()));
            writer.kill();
        }
        try (SqliteStore store = SqliteStore.open(directory)) {
            assertThat(events(store)).containsAll(acknowledged).doesNotHaveDuplicates();
            assertThat(count(store))
                    .as("each transaction is whole")
                    .isEqualTo(events(store).size());
            store.write(tx -> tx.freeCid());
        }
    }

    @Test
    void tenProcessesThatOpenANewDirectoryAtOnceShareOneDatabase() {
        List<ChildJvm> openers = IntStream.range(0, PROCESSES)
                .mapToObj(i -> ChildJvm.start(Opener.class, directory.toString(), "process-" + i))
                .toList();
        openers.forEach(opener -> assertThat(opener.awaitExit()).isZero());
        try (SqliteStore store = SqliteStore.open(directory)) {
            assertThat(events(store)).hasSize(PROCESSES).doesNotHaveDuplicates();
        }
    }

    @Test
    void aProcessThatStandsStillInATransactionStopsWritersForABoundedTimeAndReadersNotAtAll() {
        prepare();
        try (ChildJvm holder = ChildJvm.start(Holder.class, directory.toString())) {
            assertThat(holder.hear()).isEqualTo("holding");
            try (SqliteStore store = SqliteStore.open(directory)) {
                assertThat(count(store)).isZero();
                Thread writer = Thread.ofPlatform().start(() -> store.write(tx -> tx.freeCid()));
                assertThat(events(store)).isEmpty();
                holder.kill();
                assertThat(join(writer)).isTrue();
            }
        }
    }

    @Test
    void whoHasListedTheVmsSeesWhatThisAndAnotherProcessChangeSince() {
        prepare();
        try (SqliteStore store = SqliteStore.open(directory)) {
            assertThat(listed(store)).isEmpty();
            try (ChildJvm writer = ChildJvm.start(Counter.class, directory.toString(), "other", "3")) {
                assertThat(writer.awaitExit()).isZero();
            }
            assertThat(listed(store)).contains("3");
            assertThat(listed(store)).as("nobody has changed anything").contains("3");
            store.write(tx -> {
                VmRecord vm = tx.vm(COUNTER).orElseThrow();
                tx.updateVm(vm.in(vm.state(), vm.desired(), Optional.of("own"), vm.startedAt()));
                return true;
            });
            assertThat(listed(store)).contains("own");
        }
    }

    private static Optional<String> listed(SqliteStore store) {
        return store.read(view -> view.vms(Optional.empty())).get(0).failure();
    }

    /** Each line it prints is a commit that has returned. */
    static final class Counter {
        private Counter() {}

        public static void main(String[] arguments) {
            int commits = Integer.parseInt(arguments[2]);
            List<Long> micros = new ArrayList<>();
            try (SqliteStore store = SqliteStore.open(Path.of(arguments[0]))) {
                for (int i = 0; i < commits; i++) {
                    String detail = arguments[1] + "-" + i;
                    long start = System.nanoTime();
                    store.write(tx -> {
                        VmRecord vm = tx.vm(COUNTER).orElseThrow();
                        int next = Integer.parseInt(vm.failure().orElse("0")) + 1;
                        tx.updateVm(vm.in(vm.state(), vm.desired(), Optional.of("" + next), vm.startedAt()));
                        return tx.addEvent(ProjectName.DEFAULT, COUNTER, Event.Type.STARTED, Optional.empty(), detail);
                    });
                    micros.add((System.nanoTime() - start) / 1000);
                    System.out.println(detail);
                }
            }
            System.out.println(micros.stream()
                    .sorted()
                    .skip(micros.size() * 99L / 100)
                    .findFirst()
                    .orElse(0L));
        }
    }

    static final class Opener {
        private Opener() {}

        public static void main(String[] arguments) {
            try (SqliteStore store = SqliteStore.open(Path.of(arguments[0]))) {
                store.write(tx ->
                        tx.addEvent(ProjectName.DEFAULT, COUNTER, Event.Type.STARTED, Optional.empty(), arguments[1]));
            }
        }
    }

    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) {
            try (SqliteStore store = SqliteStore.open(Path.of(arguments[0]))) {
                store.write(tx -> {
                    System.out.println("holding");
                    try {
                        return System.in.read();
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                });
            }
        }
    }

    private List<ChildJvm> startAll(int commits) {
        prepare();
        return IntStream.range(0, PROCESSES)
                .mapToObj(i -> ChildJvm.start(Counter.class, directory.toString(), "process-" + i, "" + commits))
                .toList();
    }

    private void prepare() {
        try (SqliteStore store = SqliteStore.open(directory)) {
            store.write(tx -> {
                tx.putImage(Records.image());
                tx.addVm(Records.vm(COUNTER, "counter", 3, spec -> spec));
                return true;
            });
        }
    }

    private static String lastLine(ChildJvm writer) {
        IntStream.range(0, COMMITS).forEach(i -> writer.hear());
        String last = writer.hear();
        assertThat(writer.awaitExit()).isZero();
        return last;
    }

    private static boolean join(Thread thread) {
        try {
            return thread.join(Writer.PATIENCE);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static int count(SqliteStore store) {
        return store.<Integer>read(view ->
                Integer.parseInt(view.vm(COUNTER).orElseThrow().failure().orElse("0")));
    }

    private static List<String> events(SqliteStore store) {
        return store.read(view -> view.events(Optional.empty(), 0, 1_000_000).stream()
                .map(Event::detail)
                .toList());
    }
}
