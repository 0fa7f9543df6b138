package dev.minions.spi;

import dev.minions.VmId;
import java.nio.file.Path;

/**
 * Where a VM's things are. The same from create to destroy.
 *
 * @param vm the VM
 * @param cid its context id; also what a user id of its own is derived from
 * @param records the engine's directory {@code vms/<id>}, which the VMM's user can read and not write
 * @param run the directory for what the VMM itself makes (sockets); its path is short enough for a socket's name
 *     (108 bytes with the name), it belongs to the VMM's user, and whoever uses it trusts nothing in it
 */
public record VmPlace(VmId vm, long cid, Path records, Path run) {}
