package dev.minions.agent.client;

import dev.minions.agent.protocol.Answer;
import java.util.Optional;
import java.util.Set;

/**
 * Who answered. It comes from the guest and is not to be trusted; the texts are without what would disturb a terminal.
 *
 * @param protocol the newest protocol version it speaks; 0 for an existing agent, of which nothing else is known
 * @param version its own version, to read
 * @param vmId the id of the VM it runs in, if it was told
 * @param bootId another at each start of the guest's kernel; empty for an existing agent
 * @param capabilities what it can do beside what an existing agent can
 */
public record AgentInfo(int protocol, String version, Optional<String> vmId, String bootId, Set<String> capabilities) {
    static final AgentInfo LEGACY = new AgentInfo(0, "", Optional.empty(), "", Set.of());

    /** Copies the set. */
    public AgentInfo {
        capabilities = Set.copyOf(capabilities);
    }

    static AgentInfo of(Answer.Identity identity) {
        return new AgentInfo(
                identity.protocol(),
                AgentClient.printable(identity.version()),
                Optional.ofNullable(identity.vmId()).map(AgentClient::printable),
                AgentClient.printable(identity.bootId()),
                identity.capabilities());
    }
}
