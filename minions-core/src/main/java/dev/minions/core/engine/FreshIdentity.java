package dev.minions.core.engine;

import dev.minions.core.file.DurableFiles;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.VmPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether the disk of a VM still says that it is another, whose copy it is: a mark in its directory, from the copy until
 * its guest has become somebody else. There it outlasts a lost database too.
 */
final class FreshIdentity {
    private static final String MARK = "copied";

    private FreshIdentity() {}

    static void want(VmPlace place) {
        Path mark = mark(place);
        try {
            DurableFiles.replace(mark, new byte[0]);
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "write '" + mark + "': " + e.getMessage(), e);
        }
    }

    static boolean isWanted(VmPlace place) {
        return Files.exists(mark(place));
    }

    /** Given twice it does no harm, so that the mark goes after it. */
    static void given(VmPlace place) {
        Path mark = mark(place);
        try {
            Files.deleteIfExists(mark);
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "remove '" + mark + "': " + e.getMessage(), e);
        }
    }

    private static Path mark(VmPlace place) {
        return place.records().resolve(MARK);
    }
}
