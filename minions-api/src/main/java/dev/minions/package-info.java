/**
 * What a program that runs VMs sees: describe one ({@link dev.minions.VmSpec}), make it
 * ({@link dev.minions.Minions}), talk to it ({@link dev.minions.Vm}).
 *
 * <p>Everything here is an immutable value or a handle. Handles hold an id and may be used from any thread; calls
 * block, and interrupting the thread ends the call. Failures are {@link dev.minions.error.MinionsException}.
 *
 * <p>This package names no hypervisor, file system or network tool. Those live behind {@code dev.minions.spi}; start
 * there to add one.
 */
@NullMarked
package dev.minions;

import org.jspecify.annotations.NullMarked;
