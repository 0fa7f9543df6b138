package dev.minions.core.store;

import dev.minions.core.file.DurableFiles;
import dev.minions.core.instance.HeldLock;
import dev.minions.core.instance.InstanceId;
import dev.minions.core.instance.InstanceLocks;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * The database's file: whose it is, and how it comes to be. Nothing but SQLite ever opens it, not to look at its header
 * either: closing any descriptor of it would free this process's locks on it, and other processes would then undo what
 * this one commits.
 */
final class DatabaseFile {
    static final String NAME = "state.db";

    private static final Duration READ_PATIENCE = Duration.ofSeconds(5);
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final String UNFINISHED = ".state-";
    private static final String UNFINISHED_END = ".new";

    private final Path dataDirectory;
    private final Path file;

    /** How SQLite opens a file. */
    enum Mode {
        /** Reads the main file alone: takes no lock, makes no file beside it, changes nothing. */
        LOOK("mode=ro&immutable=1"),
        READ("mode=ro"),
        /** Reads and writes what is there. */
        WRITE("mode=rw"),
        MAKE("mode=rwc");

        private final String parameters;

        Mode(String parameters) {
            this.parameters = parameters;
        }
    }

    DatabaseFile(Path dataDirectory) {
        this.dataDirectory = dataDirectory;
        file = dataDirectory.resolve(NAME);
    }

    Path path() {
        return file;
    }

    Sql open(Mode mode) {
        return open(file, mode);
    }

    private static Sql open(Path file, Mode mode) {
        try {
            return new Sql(file, connect(file, mode));
        } catch (SQLException e) {
            throw StoreFailures.of("open", file, e);
        }
    }

    /** What a pool makes its reading connections from. */
    DataSource readingDataSource() {
        SQLiteDataSource source = new SQLiteDataSource(new SQLiteConfig(settings(Mode.READ)));
        source.setUrl(url(file, Mode.READ));
        return source;
    }

    private static Connection connect(Path file, Mode mode) throws SQLException {
        return JDBC.createConnection(url(file, mode), settings(mode));
    }

    private static Properties settings(Mode mode) {
        Properties settings = new Properties();
        // A writer waits in Java, where waiting can be fair, interrupted and watched; see Writer.
        long patience = mode == Mode.READ ? READ_PATIENCE.toMillis() : 0;
        settings.setProperty("busy_timeout", Long.toString(patience));
        settings.setProperty("foreign_keys", "true");
        settings.setProperty("synchronous", "FULL");
        return settings;
    }

    static String url(Path file, Mode mode) {
        return "jdbc:sqlite:file:" + encoded(file.toString()) + "?" + mode.parameters;
    }

    private static String encoded(String path) {
        StringBuilder text = new StringBuilder();
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || "/._-~".indexOf(c) >= 0);
            text.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
        }
        return text.toString();
    }

    /**
     * Makes sure that there is a database and that it is ours and of a version this program knows.
     *
     * @return a connection that reads
     */
    Sql require() {
        if (!Files.exists(file)) {
            requireNothingBeside();
            make(empty -> {});
        }
        look();
        Sql reader = open(Mode.READ);
        try {
            requireKnown(reader); // once more, with what the log holds
            return reader;
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    /** Without taking a lock or making a file, so that what is not ours stays as it was to the last byte. */
    private void look() {
        try (Sql look = open(Mode.LOOK)) {
            requireKnown(look);
        } catch (MinionsException e) {
            // A checkpoint of another process may be under way: then only a reader with locks and log sees it whole.
            if (e.code() != ErrorCode.CORRUPT_DATABASE || !Files.exists(beside("-wal"))) {
                throw e;
            }
        }
    }

    private void requireKnown(Sql sql) {
        long application = sql.number("PRAGMA application_id");
        if (application != Schema.APPLICATION_ID) {
            throw foreign(sql, application);
        }
        int known = Schema.migrations().size();
        long version = sql.number("PRAGMA user_version");
        if (version > known) {
            throw new MinionsException(
                    ErrorCode.NEWER_DATABASE,
                    "open '" + file + "': it has version " + version + ", this program knows versions up to " + known
                            + "; use a newer minions");
        }
    }

    /**
     * Makes the database with what belongs into it, if there is none.
     *
     * @return whether it was made; not if there is one, or another process was faster
     */
    boolean restore(Consumer<Sql> content) {
        if (Files.exists(file)) {
            return false;
        }
        setAside("-wal");
        setAside("-shm");
        return make(content);
    }

    /** A log that another database left would be taken for the new one's. */
    private void setAside(String suffix) {
        Path old = beside(suffix);
        try {
            if (Files.exists(old)) {
                Files.move(old, beside(suffix + ".lost-" + Instant.now().getEpochSecond()));
            }
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "set '" + old + "' aside: " + e, e);
        }
    }

    private MinionsException foreign(Sql sql, long application) {
        Set<String> tables = new TreeSet<>(sql.list(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'", Sql.Row::text));
        String whose;
        if (tables.isEmpty()) {
            whose = "it is empty";
        } else if (tables.containsAll(List.of("vms", "snapshots", "custom_domains"))) {
            whose = "it is a database of the earlier minions written in Rust, whose VMs this one does not take over";
        } else {
            whose = "it is a database of another program (application id " + application + ", tables "
                    + String.join(", ", tables.stream().limit(5).toList()) + ")";
        }
        return new MinionsException(
                ErrorCode.FOREIGN_DATABASE,
                "open '" + file + "': " + whose + "; it was left as it is; choose another directory with --data-dir,"
                        + " or move the file away");
    }

    private void requireNothingBeside() {
        Path vms = dataDirectory.resolve("vms");
        String found = null;
        if (Files.exists(beside("-wal"))) {
            found = "its log '" + NAME + "-wal' is there without it";
        } else if (Files.isDirectory(vms) && !isEmpty(vms)) {
            found = "there are VMs in '" + vms + "' and no database that knows them";
        }
        if (found != null) {
            throw new MinionsException(
                    ErrorCode.MISSING_DATABASE,
                    "open '" + file + "': it is missing, and " + found + "; put it back, or run: minions recover");
        }
    }

    private static boolean isEmpty(Path directory) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            return !entries.iterator().hasNext();
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "look into '" + directory + "': " + e, e);
        }
    }

    private Path beside(String suffix) {
        return dataDirectory.resolve(NAME + suffix);
    }

    /**
     * Makes the database under another name and gives it its own when it is whole. The other name holds the id of an
     * instance that is alive until then, so that what a killed process left can be told from what is being made.
     *
     * @param content what belongs into it
     * @return whether it was made; not if another process made one meanwhile
     */
    private boolean make(Consumer<Sql> content) {
        InstanceLocks locks = InstanceLocks.in(dataDirectory.resolve("instances"));
        InstanceId id = InstanceId.random();
        HeldLock lock = locks.acquire(id);
        try {
            sweep(locks);
            Path unfinished = dataDirectory.resolve(UNFINISHED + id + UNFINISHED_END);
            try {
                // Specs may hold secrets. SQLite gives the files it makes beside the database the same permissions.
                Files.createFile(unfinished, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
                fill(unfinished, content);
                Files.createLink(file, unfinished);
            } finally {
                Files.deleteIfExists(unfinished);
            }
            DurableFiles.sync(dataDirectory);
            return true;
        } catch (FileAlreadyExistsException faster) {
            return false;
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "make '" + file + "': " + e, e);
        } finally {
            lock.remove();
        }
    }

    private static void fill(Path unfinished, Consumer<Sql> content) {
        try (Sql sql = open(unfinished, Mode.MAKE)) {
            sql.execute("PRAGMA application_id = " + Schema.APPLICATION_ID);
            sql.execute("PRAGMA journal_mode = WAL");
            sql.execute("BEGIN IMMEDIATE");
            Migrations.run(sql);
            content.accept(sql);
            sql.execute("COMMIT");
        }
    }

    private void sweep(InstanceLocks locks) throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(dataDirectory, UNFINISHED + "*")) {
            for (Path path : found) {
                String name = path.getFileName().toString();
                int end = name.indexOf(UNFINISHED_END);
                if (end > 0 && !locks.isAlive(new InstanceId(name.substring(UNFINISHED.length(), end)))) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }
}
