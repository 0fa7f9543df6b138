package dev.minions.agent.client;

import dev.minions.agent.protocol.Answer;
import dev.minions.agent.protocol.ProtocolException;
import java.time.Duration;

/**
 * That an agent lives. It comes from the guest and is not to be trusted.
 *
 * @param uptime since the guest's kernel started
 * @param hostname the guest's own name, without what would disturb a terminal
 */
public record Health(Duration uptime, String hostname) {
    static Health of(Answer.Health health) throws ProtocolException {
        return new Health(Reported.uptime(health.uptimeSeconds()), AgentClient.printable(health.hostname()));
    }
}
