/**
 * The one way to start a program on the host.
 *
 * <p>{@link dev.minions.spi.process.HostCommand} runs a short command and gives back what it printed.
 * {@link dev.minions.spi.process.Launcher} starts a process that outlives this JVM, or ends with it, and that any later
 * JVM finds again as a {@link dev.minions.spi.process.LaunchedProcess}. Both keep what they start out of this JVM's
 * session, and neither hands a command line to a shell.
 */
@NullMarked
package dev.minions.spi.process;

import org.jspecify.annotations.NullMarked;
