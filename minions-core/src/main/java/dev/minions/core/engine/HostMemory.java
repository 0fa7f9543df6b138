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
    private static final String TOTAL = "MemTotal:";
    private static final String AVAILABLE = "MemAvailable:";
    private static final long KIB = 1024;

    private HostMemory() {}

    /**
     * Refuses a VM the host has no room for now. Memory that guests were promised and have not touched yet is not
     * counted.
     *
     * @throws MinionsException {@code NO_MEMORY} with both figures
     */
    static void requireNow(String what, ByteSize wanted) {
        require(what, wanted, AVAILABLE, "available", "ask for less or stop another VM");
    }

    /**
     * Refuses a VM that could not be started here even if there were no other.
     *
     * @throws MinionsException {@code NO_MEMORY} with both figures
     */
    static void requireEver(String what, ByteSize wanted) {
        require(what, wanted, TOTAL, "all it has", "ask for less");
    }

    private static void require(String what, ByteSize wanted, String line, String meaning, String advice) {
        OptionalLong bytes = figure(line);
        if (bytes.isEmpty()) {
            return; // not a Linux /proc: the hypervisor has the last word
        }
        ByteSize free = ByteSize.bytes(bytes.getAsLong()).minus(RESERVE);
        if (wanted.compareTo(free) > 0) {
            throw new MinionsException(
                    ErrorCode.NO_MEMORY,
                    what + ": " + wanted + " of memory asked, the host has " + free + " to give (" + meaning
                            + " less a reserve of " + RESERVE + "); " + advice);
        }
    }

    private static OptionalLong figure(String name) {
        try {
            List<String> lines = Files.readAllLines(MEMINFO);
            return lines.stream()
                    .filter(line -> line.startsWith(name))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIB)
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
