/** VMs on QEMU, and the network that needs no privileges. */
@NullMarked
package dev.minions.hypervisor.qemu;

import org.jspecify.annotations.NullMarked;
