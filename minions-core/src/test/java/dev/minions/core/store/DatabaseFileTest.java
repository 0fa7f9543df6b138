package dev.minions.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.ProjectName;
import dev.minions.VmId;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.event.Event;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose database is opened, and that every other one is left to the last byte as it was. */
class DatabaseFileTest {
    private static final int PAGE = 4096;

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void file() {
        file = directory.resolve("state.db");
    }

    @Test
    void aNewDirectoryGetsADatabaseOfOursAndNothingHalfMadeStays() throws IOException {
        SqliteStore.open(directory).close();
        assertThat(pragma("application_id")).isEqualTo(Schema.APPLICATION_ID);
        assertThat(pragma("user_version")).isEqualTo(Schema.migrations().size());
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .filteredOn(name -> name.startsWith("."))
                    .isEmpty();
        }
        assertThat(directory.resolve("instances")).isEmptyDirectory();
    }

    @Test
    void nobodyElseMayReadTheDatabaseAndWhatLiesBesideIt() throws IOException {
        try (SqliteStore store = SqliteStore.open(directory)) {
            store.<Boolean>write(transaction -> {
                transaction.addInstance("00000000-0000-0000-0000-000000000001");
                return true;
            });
            for (String name : List.of("state.db", "state.db-wal", "state.db-shm")) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name))))
                        .as(name)
                        .isEqualTo("rw-------");
            }
        }
    }

    @Test
    void whatWasKilledWhileItMadeADatabaseIsSweptByTheNext() throws IOException {
        Path left = Files.createFile(directory.resolve(".state-00000000-0000-4000-8000-000000000000.new-wal"));
        SqliteStore.open(directory).close();
        assertThat(left).doesNotExist();
    }

    @Test
    void aForeignDatabaseIsRefusedAndLeftAsItIs() throws Exception {
        sql("CREATE TABLE songs (title TEXT)", "PRAGMA application_id = 77");
        assertRefusedUntouched(ErrorCode.FOREIGN_DATABASE).withMessageContainingAll("77", "songs", "left as it is");
    }

    @Test
    void aForeignDatabaseWithALogThatAKilledProgramLeftIsRefusedAndLeftAsItIs(@TempDir Path source) throws Exception {
        Path other = source.resolve("other.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + other);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("CREATE TABLE songs (title TEXT)");
            statement.execute("PRAGMA wal_checkpoint");
            statement.execute("INSERT INTO songs VALUES ('one')");
            Files.copy(other, file);
            Files.copy(source.resolve("other.db-wal"), directory.resolve("state.db-wal"));
        }
        assertRefusedUntouched(ErrorCode.FOREIGN_DATABASE);
    }

    @Test
    void theDatabaseOfTheRustMinionsIsCalledByName() throws Exception {
        sql(
                "PRAGMA journal_mode = WAL",
                "CREATE TABLE vms (name TEXT PRIMARY KEY, vsock_cid INTEGER)",
                "CREATE TABLE snapshots (id TEXT)",
                "CREATE TABLE custom_domains (id TEXT)");
        assertRefusedUntouched(ErrorCode.FOREIGN_DATABASE).withMessageContaining("earlier minions");
    }

    @Test
    void whatIsNoDatabaseIsRefusedAndLeftAsItIs() throws Exception {
        Files.writeString(file, "my diary\n".repeat(1000));
        assertRefusedUntouched(ErrorCode.FOREIGN_DATABASE).withMessageContaining("no SQLite database");
    }

    @Test
    void anEmptyFileIsRefusedAndLeftAsItIs() throws Exception {
        Files.createFile(file);
        assertRefusedUntouched(ErrorCode.FOREIGN_DATABASE).withMessageContaining("empty");
    }

    @Test
    void aNewerDatabaseIsRefusedAndLeftAsItIs() throws Exception {
        SqliteStore.open(directory).close();
        sql("PRAGMA user_version = 99", "PRAGMA wal_checkpoint(TRUNCATE)");
        assertRefusedUntouched(ErrorCode.NEWER_DATABASE).withMessageContainingAll("99", "newer minions");
    }

    @Test
    void aDatabaseThatIsNewerOnlyInItsLogIsRefusedAndLeftAsItIs(@TempDir Path source) throws Exception {
        SqliteStore.open(source).close();
        Path made = source.resolve("state.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + made);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA user_version = 99");
            Files.copy(made, file);
            Files.copy(source.resolve("state.db-wal"), directory.resolve("state.db-wal"));
        }
        Optional<byte[]> log = Optional.of(Files.readAllBytes(directory.resolve("state.db-wal")));
        byte[] before = Files.readAllBytes(file);
        assertRefused(ErrorCode.NEWER_DATABASE);
        assertThat(file).hasBinaryContent(before);
        assertThat(directory.resolve("state.db-wal")).hasBinaryContent(log.orElseThrow());
    }

    @Test
    void aDatabaseOfAnotherEditionIsRefused() throws Exception {
        SqliteStore.open(directory).close();
        sql("UPDATE migrations SET fingerprint = 'other'");
        assertRefused(ErrorCode.FOREIGN_DATABASE).withMessageContaining("another edition");
    }

    @Test
    void aDatabaseWithADamagedPageIsNotWrittenToNotEvenElsewhere() throws Exception {
        fill();
        damageThePageWith("\"name\":\"vm-150\"");
        byte[] before = Files.readAllBytes(file);
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> {
                    try (SqliteStore store = SqliteStore.open(directory)) {
                        store.write(tx -> tx.addEvent(
                                ProjectName.DEFAULT, VmId.random(), Event.Type.STARTED, Optional.empty(), ""));
                    }
                })
                .returns(ErrorCode.CORRUPT_DATABASE, MinionsException::code)
                .withMessageContainingAll("damaged", "minions recover");
        assertThat(file).hasBinaryContent(before);
    }

    @Test
    void aDamagedPageThatIsReadSaysSo() throws Exception {
        fill();
        damageThePageWith("\"name\":\"vm-150\"");
        try (SqliteStore store = SqliteStore.open(directory)) {
            assertThatExceptionOfType(MinionsException.class)
                    .isThrownBy(() -> store.read(view -> view.vms(Optional.empty())))
                    .returns(ErrorCode.CORRUPT_DATABASE, MinionsException::code);
        }
    }

    private void damageThePageWith(String text) throws IOException {
        int at = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).indexOf(text);
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek((long) at / PAGE * PAGE);
            bytes.write(new byte[] {0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55});
        }
    }

    @Test
    void aDatabaseCutShortIsRefusedAndLeftAsItIs() throws Exception {
        fill();
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.setLength(3 * PAGE);
        }
        assertRefusedUntouched(ErrorCode.CORRUPT_DATABASE);
    }

    @Test
    void aMissingDatabaseBesideVmsIsNotMadeAnew() throws Exception {
        Files.createDirectories(directory.resolve("vms/some-vm"));
        assertRefusedUntouched(ErrorCode.MISSING_DATABASE).withMessageContainingAll("vms", "minions recover");
    }

    @Test
    void aMissingDatabaseBesideItsLogIsNotMadeAnew() throws Exception {
        SqliteStore.open(directory).close();
        Files.delete(file);
        assertRefusedUntouched(ErrorCode.MISSING_DATABASE).withMessageContainingAll("state.db-wal", "minions recover");
    }

    @Test
    void anEmptyDirectoryForVmsIsNoReasonToRefuse() throws IOException {
        Files.createDirectory(directory.resolve("vms"));
        SqliteStore.open(directory).close();
        assertThat(file).exists();
    }

    @Test
    void aPathThatReadsLikeAUriIsStillAPath() throws IOException {
        Path strange = Files.createDirectory(directory.resolve("a?mode=memory&x=%41#b ü"));
        SqliteStore.open(strange).close();
        assertThat(strange.resolve("state.db")).isNotEmptyFile();
    }

    private void fill() throws SQLException {
        try (SqliteStore store = SqliteStore.open(directory)) {
            store.write(tx -> {
                tx.putImage(Records.image());
                IntStream.range(0, 200).forEach(i -> tx.addVm(Records.vm("vm-" + i, 3 + i)));
                return true;
            });
        }
        sql("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private ThrowableAssertAlternative<MinionsException> assertRefused(ErrorCode code) {
        return assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> SqliteStore.open(directory).close())
                .returns(code, MinionsException::code);
    }

    private ThrowableAssertAlternative<MinionsException> assertRefusedUntouched(ErrorCode code) throws IOException {
        Map<String, String> before = contents();
        ThrowableAssertAlternative<MinionsException> refusal = assertRefused(code);
        assertThat(contents()).isEqualTo(before);
        return refusal;
    }

    /** All files but the driver's library. No store of this JVM has them open, so they may be read. */
    private Map<String, String> contents() throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.filter(path -> !path.startsWith(directory.resolve("lib")))
                    .toList()) {
                contents.put(
                        path.toString(),
                        Files.isDirectory(path)
                                ? ""
                                : new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1));
            }
        }
        return contents;
    }

    private void sql(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private long pragma(String name) {
        try (Sql sql = new DatabaseFile(directory).open(DatabaseFile.Mode.READ)) {
            return sql.number("PRAGMA " + name);
        }
    }
}
