package dev.minions.core.store;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The connections that all stores of this JVM on one data directory share. A second copy of SQLite in the same process
 * would free the locks of the first and lose what it commits, so a system property says which copy of these classes has
 * a database open, to copies in other class loaders too.
 */
final class SharedDatabase {
    private static final String PROPERTY = "dev.minions.store.";

    /** Another in each class loader. Not a random number: getting the first one takes a cold JVM 20 to 30 ms. */
    private static final String THIS_COPY = System.identityHashCode(SharedDatabase.class) + "-" + System.nanoTime();

    /** By device and inode of the data directory. Guarded by itself. */
    private static final Map<String, SharedDatabase> OPEN = new HashMap<>();

    private final String key;
    private final Writer writer;
    private final Readers readers;
    private final Reserve reserve;
    private int users;

    private SharedDatabase(String key, Path dataDirectory) {
        this.key = key;
        DatabaseFile file = new DatabaseFile(dataDirectory);
        Sql reader = file.require();
        reserve = new Reserve(dataDirectory);
        writer = new Writer(file, reserve);
        readers = new Readers(file, reader);
        boolean ready = false;
        try {
            if (Migrations.areNeeded(reader)) {
                writer.write(sql -> {
                    Migrations.run(sql);
                    return true;
                });
            }
            Migrations.verify(reader);
            ready = true;
        } finally {
            if (!ready) {
                closeConnections();
            }
        }
    }

    static SharedDatabase open(Path dataDirectory) {
        synchronized (OPEN) {
            Path real = real(dataDirectory);
            String key = key(real);
            SharedDatabase database = OPEN.get(key);
            if (database == null) {
                claim(key, real);
                boolean opened = false;
                try {
                    SqliteLibrary.load(real);
                    database = new SharedDatabase(key, real);
                    opened = true;
                } finally {
                    if (!opened) {
                        System.clearProperty(PROPERTY + key);
                    }
                }
                OPEN.put(key, database);
            }
            database.users++;
            return database;
        }
    }

    void release() {
        synchronized (OPEN) {
            users--;
            if (users == 0) {
                OPEN.remove(key);
                try {
                    closeConnections();
                } finally {
                    System.clearProperty(PROPERTY + key);
                }
            }
        }
    }

    /** The writer first: see {@link Readers#close}. */
    private void closeConnections() {
        try {
            writer.close();
        } finally {
            readers.close();
        }
    }

    Writer writer() {
        return writer;
    }

    Readers readers() {
        return readers;
    }

    Reserve reserve() {
        return reserve;
    }

    private static void claim(String key, Path real) {
        Object other = System.getProperties().putIfAbsent(PROPERTY + key, THIS_COPY);
        if (other != null) {
            throw new MinionsException(
                    ErrorCode.STORE_ERROR,
                    "open the store in '" + real + "': another copy of Minions in this JVM, in another class loader,"
                            + " has it open, and two copies of SQLite in one process would destroy it; load Minions"
                            + " once, in a class loader that both share");
        }
    }

    private static Path real(Path dataDirectory) {
        try {
            return dataDirectory.toRealPath();
        } catch (IOException e) {
            throw new MinionsException(
                    ErrorCode.PATH_NOT_FOUND,
                    "open the store in '" + dataDirectory + "': there is no such directory",
                    e);
        }
    }

    /** Device and inode, so that a bind mount of the same directory is the same. */
    private static String key(Path real) {
        try {
            return Files.getAttribute(real, "unix:dev") + ":" + Files.getAttribute(real, "unix:ino");
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "open the store in '" + real + "': " + e, e);
        }
    }
}
