package dev.minions.core.instance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the kernel says of this process's instance locks. The JDK goes on calling a lock valid after the kernel has
 * freed it, which it does when any descriptor of the file is closed; {@code /proc/locks} has the truth.
 */
final class KernelLocks {
    /** The byte that is locked: far from any other lock of this process, so that its line cannot be taken for one. */
    static final long POSITION = 0x6D69_6E69_6F6E_73L;

    static final long SIZE = 1;

    private static final Path TABLE = Path.of("/proc/locks");
    private static final String RANGE = " " + POSITION + " " + (POSITION + SIZE - 1);
    private static final int FILE_FIELD = 5;
    private static final int PID_FIELD = 4;

    private KernelLocks() {}

    /** Whether the table has this process's lock on that file; false too where there is no such table. */
    static boolean show(FileIdentity file) throws IOException {
        if (!Files.isReadable(TABLE)) {
            return false;
        }
        String pid = Long.toString(ProcessHandle.current().pid());
        String inode = ":" + file.inode();
        List<String> lines = Files.readAllLines(TABLE);
        // The device is left out: btrfs shows another one here than stat does.
        return lines.stream()
                .filter(line -> line.endsWith(RANGE) && !line.contains("->"))
                .map(line -> line.split(" +", -1))
                .anyMatch(fields -> fields[PID_FIELD].equals(pid) && fields[FILE_FIELD].endsWith(inode));
    }
}
