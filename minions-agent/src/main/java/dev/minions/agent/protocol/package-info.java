/** The frames and messages that host and guest exchange, and nothing about how they travel. */
@NullMarked
package dev.minions.agent.protocol;

import org.jspecify.annotations.NullMarked;
