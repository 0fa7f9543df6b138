package dev.minions.testkit.cloudhypervisor;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;

/** The words in which the system's errors reach a client. */
final class Messages {
    private Messages() {}

    static String of(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return "No such file or directory (os error 2)";
        }
        if (failure instanceof AccessDeniedException) {
            return "Permission denied (os error 13)";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "File exists (os error 17)";
        }
        return failure instanceof BindException
                ? "Address already in use (os error 98)"
                : String.valueOf(failure.getMessage());
    }

    /** A failure of a handler: what it was about, then the causes. */
    static ApiError error(String[] outer, String... causes) {
        var all = new ArrayList<>(List.of(outer));
        all.addAll(List.of(causes));
        return ApiError.internal(all.toArray(new String[0]));
    }
}
