package dev.minions;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What the guest's agent says of the guest. Everything in it comes from the guest and is not to be trusted.
 *
 * @param uptime since the guest's kernel started
 * @param hostname the guest's own name
 * @param memoryTotal memory the guest's kernel manages
 * @param memoryUsed that less what the kernel calls available
 * @param diskTotal size of the root file system
 * @param diskUsed what is used of it
 * @param cpuPercent use of all CPUs together, 0 to 100; empty from old agents
 * @param networkReceived bytes since the interface came up; empty from old agents
 * @param networkSent bytes since the interface came up; empty from old agents
 * @param loadAverage over one minute; empty from old agents
 * @param agentVersion the agent's version; empty from agents that do not know {@code hello}
 */
public record GuestStatus(
        Duration uptime,
        String hostname,
        ByteSize memoryTotal,
        ByteSize memoryUsed,
        ByteSize diskTotal,
        ByteSize diskUsed,
        OptionalDouble cpuPercent,
        OptionalLong networkReceived,
        OptionalLong networkSent,
        OptionalDouble loadAverage,
        Optional<String> agentVersion) {}
