/**
 * What a program that runs VMs sees: describe one, create it or launch it, run commands in it.
 *
 * <p>Everything here is immutable or a handle. Handles may be used from any thread; calls block, and
 * interrupting the thread ends the call. Nothing here names a hypervisor, a file system or a network tool:
 * those live behind {@code dev.minions.spi}.
 */
@NullMarked
package dev.minions;

import org.jspecify.annotations.NullMarked;
