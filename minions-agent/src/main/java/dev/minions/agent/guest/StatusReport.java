package dev.minions.agent.guest;

import dev.minions.agent.protocol.Answer;
import java.io.File;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Measures how the guest is doing. */
final class StatusReport {
    private static final int SAMPLE_MILLIS = 150;
    private static final long KIB = 1024;
    private static final int IDLE = 3;
    private static final int IO_WAIT = 4;

    /** Guest time, in the two columns behind, is contained in the columns before. */
    private static final int CPU_COLUMNS = 8;

    private final GuestRoot root;
    private final GuestFacts facts;

    StatusReport(GuestRoot root, GuestFacts facts) {
        this.root = root;
        this.facts = facts;
    }

    Answer.Status measure() throws InterruptedException {
        long memoryTotal = memory("MemTotal:");
        File disk = root.root().toFile();
        String device = NetworkDevices.first(root);
        return new Answer.Status(
                facts.uptimeMillis() / 1000,
                memoryTotal,
                memoryTotal - memory("MemAvailable:"),
                disk.getTotalSpace(),
                disk.getTotalSpace() - disk.getFreeSpace(),
                cpuPercent(),
                counter(device, "rx_bytes"),
                counter(device, "tx_bytes"),
                load());
    }

    private long memory(String name) {
        String text = root.text("/proc/meminfo");
        for (String line : text == null ? new String[0] : text.split("\n", -1)) {
            if (line.startsWith(name)) {
                return number(line.substring(name.length()).replace("kB", "")) * KIB;
            }
        }
        return 0;
    }

    /** Busy time over a short while, of all CPUs together; null where the kernel does not say. */
    private @Nullable Double cpuPercent() throws InterruptedException {
        long[] before = cpuTimes();
        TimeUnit.MILLISECONDS.sleep(SAMPLE_MILLIS);
        long[] after = cpuTimes();
        if (before.length < CPU_COLUMNS || after.length < CPU_COLUMNS) {
            return null;
        }
        long total = 0;
        for (int i = 0; i < CPU_COLUMNS; i++) {
            total += after[i] - before[i];
        }
        long idle = after[IDLE] - before[IDLE] + after[IO_WAIT] - before[IO_WAIT];
        double percent = total <= 0 ? 0 : 100.0 * (total - idle) / total;
        return Math.round(Math.min(Math.max(percent, 0), 100) * 10) / 10.0;
    }

    private long[] cpuTimes() {
        String text = root.text("/proc/stat");
        if (text == null || !text.startsWith("cpu ")) {
            return new long[0];
        }
        int end = text.indexOf('\n');
        String[] columns =
                text.substring(4, end < 0 ? text.length() : end).strip().split(" +", -1);
        long[] times = new long[columns.length];
        for (int i = 0; i < times.length; i++) {
            times[i] = number(columns[i]);
        }
        return times;
    }

    private @Nullable Long counter(@Nullable String device, String name) {
        String text = device == null ? null : root.text("/sys/class/net/" + device + "/statistics/" + name);
        return text == null ? null : Long.valueOf(number(text));
    }

    private @Nullable Double load() {
        String text = root.text("/proc/loadavg");
        int space = text == null ? -1 : text.indexOf(' ');
        if (text == null || space < 0) {
            return null;
        }
        try {
            return Double.valueOf(text.substring(0, space));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
