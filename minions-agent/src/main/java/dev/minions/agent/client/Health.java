package dev.minions.agent.client;

import java.time.Duration;

/**
 * That an agent lives. It comes from the guest and is not to be trusted.
 *
 * @param uptime since the guest's kernel started
 * @param hostname the guest's own name
 */
public record Health(Duration uptime, String hostname) {}
