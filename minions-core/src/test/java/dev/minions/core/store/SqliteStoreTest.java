package dev.minions.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.minions.PortForward;
import dev.minions.ProjectName;
import dev.minions.VmId;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.event.Event;
import dev.minions.spi.OperationRecord;
import dev.minions.spi.StateView;
import dev.minions.testkit.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds of this store beyond the contract of all of them. */
class SqliteStoreTest {
    @TempDir
    Path directory;

    @Test
    void storesOfOneDirectoryShareTheirConnectionsUntilTheLastIsClosed(@TempDir Path elsewhere) throws Exception {
        Path link = Files.createSymbolicLink(elsewhere.resolve("link"), directory);
        SqliteStore first = SqliteStore.open(directory);
        SqliteStore second = SqliteStore.open(link);
        event(first, "from the first");
        long descriptors = openDescriptors();
        event(second, "from the second");
        assertThat(openDescriptors()).isEqualTo(descriptors);

        first.close();
        first.close();
        assertThat(details(second)).containsExactly("from the first", "from the second");
        second.close();
        assertThat(openDescriptors()).isZero();
    }

    @Test
    void aClosedStoreSaysSo() {
        SqliteStore store = SqliteStore.open(directory);
        store.close();
        assertThatIllegalStateException().isThrownBy(() -> details(store)).withMessageContaining("closed");
        assertThatIllegalStateException().isThrownBy(() -> event(store, "late")).withMessageContaining("closed");
    }

    @Test
    void aSecondCopyOfTheClassesInThisJvmIsRefusedWhileTheFirstIsOpen() throws Exception {
        SqliteStore store = SqliteStore.open(directory);
        event(store, "ours");
        try (URLClassLoader copy = new URLClassLoader(ChildJvm.classPathUrls(), ClassLoader.getPlatformClassLoader())) {
            Class<?> copied = copy.loadClass(SqliteStore.class.getName());
            assertThatExceptionOfType(InvocationTargetException.class)
                    .isThrownBy(() -> copied.getMethod("open", Path.class).invoke(null, directory))
                    .satisfies(e -> assertThat(e.getCause()).hasMessageContaining("another class loader"));
            store.close();
            Object opened = copied.getMethod("open", Path.class).invoke(null, directory);
            copied.getMethod("close").invoke(opened);
        }
    }

    @Test
    void aViewIsOfNoUseAfterItsCall() {
        try (SqliteStore store = SqliteStore.open(directory)) {
            AtomicReference<StateView> kept = new AtomicReference<>();
            store.<Boolean>write(tx -> {
                kept.set(tx);
                return true;
            });
            assertThatIllegalStateException().isThrownBy(() -> kept.get().instances());
        }
    }

    @Test
    void aTransactionInATransactionIsAMistakeAndNotADeadlock() {
        try (SqliteStore store = SqliteStore.open(directory)) {
            assertThatIllegalStateException().isThrownBy(() -> store.write(outer -> store.write(inner -> true)));
            event(store, "and the store goes on");
        }
    }

    @Test
    void aReadInsideAReadAndInsideAWriteIsFine() {
        try (SqliteStore store = SqliteStore.open(directory)) {
            event(store, "one");
            List<String> seen = store.read(view -> store.<List<String>>write(tx -> details(store)));
            assertThat(seen).containsExactly("one");
        }
    }

    @Test
    void manyVirtualThreadsReadAndWriteAtOnce() throws Exception {
        try (SqliteStore store = SqliteStore.open(directory);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> results = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                String name = "event-" + i;
                results.add(threads.submit(() -> {
                    event(store, name);
                    return details(store).size();
                }));
            }
            for (Future<Integer> result : results) {
                assertThat(result.get(60, TimeUnit.SECONDS)).isPositive();
            }
            assertThat(details(store)).hasSize(100).doesNotHaveDuplicates();
        }
    }

    @Test
    void aStoreDoesNotWriteToADatabaseThatANewerProgramMigratedMeanwhile() throws Exception {
        try (SqliteStore store = SqliteStore.open(directory)) {
            event(store, "before");
            try (ChildJvm newer = ChildJvm.start(Newer.class, directory.toString())) {
                assertThat(newer.awaitExit()).isZero();
            }
            assertThatExceptionOfType(MinionsException.class)
                    .isThrownBy(() -> event(store, "after"))
                    .returns(ErrorCode.NEWER_DATABASE, MinionsException::code);
        }
    }

    @Test
    void theLogStaysWhenTheLastStoreIsClosedSoThatAFullDiskCanBeOpened() {
        SqliteStore store = SqliteStore.open(directory);
        event(store, "one");
        store.close();
        assertThat(directory.resolve("state.db-wal")).exists();
        assertThat(directory.resolve("state.db-shm")).exists();
    }

    @Test
    void synchronousIsFullAndForeignKeysAreOnAndTheLogIsAWal() {
        SqliteStore.open(directory).close();
        try (Sql sql = new DatabaseFile(directory).open(DatabaseFile.Mode.WRITE)) {
            assertThat(sql.number("PRAGMA synchronous")).isEqualTo(2);
            assertThat(sql.number("PRAGMA foreign_keys")).isEqualTo(1);
            assertThat(sql.first("PRAGMA journal_mode", Sql.Row::text)).contains("wal");
        }
    }

    @Test
    void aFinishedOperationIsForgottenAfterManyOthersAndAnUnfinishedOneNever() {
        try (SqliteStore store = SqliteStore.open(directory)) {
            OperationRecord unfinished = Records.operation();
            List<OperationRecord> finished = Stream.generate(Records::operation)
                    .limit(OperationRows.KEPT + 5)
                    .toList();
            store.write(tx -> {
                tx.openOperation(unfinished);
                finished.forEach(operation -> {
                    tx.openOperation(operation);
                    tx.closeOperation(operation.id(), OperationRecord.Outcome.DONE);
                });
                return true;
            });
            Optional<OperationRecord> first =
                    store.read(view -> view.operation(finished.get(0).id()));
            Optional<OperationRecord> last = store.read(
                    view -> view.operation(finished.get(finished.size() - 1).id()));
            List<OperationRecord> open = store.read(StateView::openOperations);
            assertThat(first).isEmpty();
            assertThat(last).isPresent();
            assertThat(open).containsExactly(unfinished);
        }
    }

    @Test
    void aPortOnAllAddressesIsInTheWayOfEveryOtherForward() {
        try (SqliteStore store = SqliteStore.open(directory)) {
            store.write(tx -> {
                tx.putImage(Records.image());
                tx.addVm(Records.vm("everywhere", 3, spec -> spec.publish(new PortForward("0.0.0.0", 8080, 80))));
                return true;
            });
            assertThatExceptionOfType(MinionsException.class)
                    .isThrownBy(() -> store.write(tx -> {
                        tx.addVm(Records.vm("late", 4, spec -> spec.publish(PortForward.of(8080, 80))));
                        return true;
                    }))
                    .returns(ErrorCode.PORT_IN_USE, MinionsException::code)
                    .withMessageContainingAll("8080", "everywhere", "0.0.0.0", "late");
        }
    }

    /** A program of a later version. */
    static final class Newer {
        private Newer() {}

        public static void main(String[] arguments) throws Exception {
            try (Connection connection =
                            DriverManager.getConnection("jdbc:sqlite:" + Path.of(arguments[0], "state.db"));
                    Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA user_version = 99");
            }
        }
    }

    private static void event(SqliteStore store, String detail) {
        store.write(
                tx -> tx.addEvent(ProjectName.DEFAULT, VmId.random(), Event.Type.CREATED, Optional.empty(), detail));
    }

    private static List<String> details(SqliteStore store) {
        return store.read(view -> view.events(Optional.empty(), 0, 1000).stream()
                .map(Event::detail)
                .toList());
    }

    /** Of this JVM, on files of the database. */
    private long openDescriptors() throws Exception {
        Path real = directory.toRealPath();
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .map(SqliteStoreTest::target)
                    .filter(target -> target.startsWith(real.toString()))
                    .count();
        }
    }

    private static String target(Path descriptor) {
        File file = descriptor.toFile();
        try {
            return file.getCanonicalPath();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
