package dev.minions.agent.client;

import dev.minions.ByteSize;
import dev.minions.GuestStatus;
import dev.minions.agent.protocol.Answer;
import dev.minions.agent.protocol.ProtocolException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Figures that a guest reports, taken only if they can be true: whoever reckons on with them must not meet an overflow.
 * Of what an agent may leave out, what cannot be true counts as left out.
 */
final class Reported {
    private static final long LONGEST_UPTIME_SECONDS = 100L * 365 * 24 * 60 * 60;
    private static final double ALL_CPUS = 100;
    private static final double HIGHEST_LOAD = 1e6;

    private Reported() {}

    static GuestStatus status(Answer.Status status, String hostname, Optional<String> version)
            throws ProtocolException {
        return new GuestStatus(
                uptime(status.uptimeSeconds()),
                hostname,
                ByteSize.bytes(status.memoryTotal()),
                ByteSize.bytes(status.memoryUsed()),
                ByteSize.bytes(status.diskTotal()),
                ByteSize.bytes(status.diskUsed()),
                real(status.cpuUsagePercent(), ALL_CPUS),
                count(status.networkRxBytes()),
                count(status.networkTxBytes()),
                real(status.loadAverage(), HIGHEST_LOAD),
                version);
    }

    static Duration uptime(long seconds) throws ProtocolException {
        if (seconds < 0 || seconds > LONGEST_UPTIME_SECONDS) {
            throw new ProtocolException("it has been up for " + seconds + " s");
        }
        return Duration.ofSeconds(seconds);
    }

    private static OptionalDouble real(@Nullable Double value, double most) {
        return value == null || !(value >= 0 && value <= most) ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    private static OptionalLong count(@Nullable Long value) {
        return value == null || value < 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
