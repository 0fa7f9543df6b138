package dev.minions.core.engine;

import dev.minions.ByteSize;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** Whether the host has the memory for one more VM. */
final class HostMemory {
    /** What is left to the host itself: a VM takes more than its guest's memory, and so does everything else. */
    static final ByteSize RESERVE = ByteSize.mib(256);

    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final String AVAILABLE = "MemAvailable:";
    private static final long KIB = 1024;

    private HostMemory() {}

    /**
     * Refuses a VM the host has no room for. Memory that guests were promised and have not touched yet is not counted.
     *
     * @throws MinionsException {@code NO_MEMORY} with both figures
     */
    static void require(String what, ByteSize wanted) {
        OptionalLong available = available();
        if (available.isEmpty()) {
            return; // not a Linux /proc: the hypervisor has the last word
        }
        ByteSize free = ByteSize.bytes(available.getAsLong()).minus(RESERVE);
        if (wanted.compareTo(free) > 0) {
            throw new MinionsException(
                    ErrorCode.NO_MEMORY,
                    what + ": " + wanted + " of memory asked, the host has " + free
                            + " to give (available less a reserve of " + RESERVE
                            + "); ask for less or stop another VM");
        }
    }

    private static OptionalLong available() {
        try {
            List<String> lines = Files.readAllLines(MEMINFO);
            return lines.stream()
                    .filter(line -> line.startsWith(AVAILABLE))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIB)
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
