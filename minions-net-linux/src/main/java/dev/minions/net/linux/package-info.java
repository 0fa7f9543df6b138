/**
 * A Linux bridge: begin with {@link dev.minions.net.linux.LinuxBridge}.
 *
 * <p>Inside: {@code BridgeRules} is the firewall, {@code CardRules} what one VM adds to its sets and maps,
 * {@code BridgeNetwork} attaches and detaches, {@code HostSetup} is {@code minions init} and its undo.
 */
@NullMarked
package dev.minions.net.linux;

import org.jspecify.annotations.NullMarked;
