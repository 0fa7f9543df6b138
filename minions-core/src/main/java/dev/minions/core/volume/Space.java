package dev.minions.core.volume;

import dev.minions.ByteSize;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.HostCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The room that a copy of a file needs, and that there is. */
final class Space {
    private static final int BLOCK = 512;

    private Space() {}

    /**
     * Makes sure that a copy of a file has room.
     *
     * @param what whose copy, for the message
     * @throws MinionsException {@code NO_SPACE} with what is needed and what is there
     */
    static void requireForCopy(String what, Path source, Path directory) throws IOException {
        // Java does not show how many blocks a file has.
        String blocks = HostCommand.of("stat", "--format=%b", "--", source.toString())
                .run()
                .stdout()
                .strip();
        ByteSize needed = ByteSize.bytes(Math.min(Long.parseLong(blocks) * BLOCK, Files.size(source)));
        ByteSize free = ByteSize.bytes(Files.getFileStore(directory).getUsableSpace());
        if (free.compareTo(needed) < 0) {
            throw new MinionsException(
                    ErrorCode.NO_SPACE,
                    what + ": " + needed + " needed for a copy, " + free + " free in '" + directory + "'; free some");
        }
    }
}
