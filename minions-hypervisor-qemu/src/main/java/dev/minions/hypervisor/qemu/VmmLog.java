package dev.minions.hypervisor.qemu;

import dev.minions.spi.process.RotatedLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a QEMU left in its log: the events of its control channel, one JSON object a line, and between them what it wrote
 * for people.
 */
final class VmmLog {
    private static final int LAST_LINES = 8;
    private static final Pattern EVENT = Pattern.compile("\\{\"timestamp\".*\"event\": ?\"SHUTDOWN\".*");
    private static final Pattern PROTOCOL = Pattern.compile("\\{\"(QMP|return|timestamp|error)\".*");
    private static final Pattern PREFIX =
            Pattern.compile("^(\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z )?(qemu-system-[a-z0-9_]+: )?");

    private final List<String> lines = new ArrayList<>();
    private Optional<String> shutdown = Optional.empty();

    private VmmLog(RotatedLog log) {
        log.text().lines().filter(line -> !line.isBlank()).forEach(this::add);
    }

    static VmmLog of(RotatedLog log) {
        return new VmmLog(log);
    }

    private void add(String line) {
        if (EVENT.matcher(line).matches()) {
            shutdown = reason(line);
        } else if (!PROTOCOL.matcher(line).matches()) {
            lines.add(PREFIX.matcher(line).replaceFirst("").strip());
        }
    }

    private static Optional<String> reason(String event) {
        try {
            return Optional.of(Qmp.parse(event).path("data").path("reason").asString(""));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Why the machine was shut down, in QEMU's words, for example {@code guest-shutdown}; empty if it was not. */
    Optional<String> shutdownReason() {
        return shutdown;
    }

    /** The last of what it wrote for people, as one line. */
    String lastLines() {
        return String.join("; ", tail());
    }

    /** The last of what it wrote for people. */
    List<String> tail() {
        return List.copyOf(lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }
}
