/** The host's side of the guest channel: calls to an agent, with a deadline each. */
@NullMarked
package dev.minions.agent.client;

import org.jspecify.annotations.NullMarked;
