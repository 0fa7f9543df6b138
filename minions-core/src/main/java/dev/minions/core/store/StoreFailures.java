package dev.minions.core.store;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What SQLite's errors mean to a caller. */
final class StoreFailures {
    private static final int PRIMARY_CODE = 0xFF;

    private StoreFailures() {}

    /** The primary result code: extended ones hold it in their lowest byte. */
    static int primaryCode(SQLException error) {
        return error instanceof SQLiteException sqlite ? sqlite.getResultCode().code & PRIMARY_CODE : -1;
    }

    static boolean isBusy(SQLException error) {
        return primaryCode(error) == SQLiteErrorCode.SQLITE_BUSY.code;
    }

    static boolean isCorrupt(SQLException error) {
        return primaryCode(error) == SQLiteErrorCode.SQLITE_CORRUPT.code;
    }

    static boolean isNoDatabase(SQLException error) {
        return primaryCode(error) == SQLiteErrorCode.SQLITE_NOTADB.code;
    }

    static MinionsException of(String operation, Path file, SQLException error) {
        String begin = operation + " '" + file + "': ";
        if (isCorrupt(error)) {
            return corrupt(operation, file, String.valueOf(error.getMessage()), error);
        }
        if (isNoDatabase(error)) {
            return new MinionsException(
                    ErrorCode.FOREIGN_DATABASE,
                    begin + "it is no SQLite database, or its beginning is destroyed; move it away and run: minions"
                            + " recover",
                    error);
        }
        if (primaryCode(error) == SQLiteErrorCode.SQLITE_FULL.code) {
            return new MinionsException(
                    ErrorCode.NO_SPACE, begin + "no space left on the file system; free some, or destroy a VM", error);
        }
        if (isBusy(error)) {
            return new MinionsException(
                    ErrorCode.STORE_ERROR, begin + "another process holds it locked; try again", error);
        }
        return new MinionsException(ErrorCode.STORE_ERROR, begin + error.getMessage(), error);
    }

    static MinionsException corrupt(String operation, Path file, String fact, @Nullable Throwable cause) {
        return new MinionsException(
                ErrorCode.CORRUPT_DATABASE,
                operation + " '" + file + "': it is damaged (" + fact
                        + "); VMs that run go on running; move it away and run: minions recover",
                cause);
    }
}
