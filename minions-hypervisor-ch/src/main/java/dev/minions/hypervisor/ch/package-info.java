/** Cloud Hypervisor: begin with {@link dev.minions.hypervisor.ch.CloudHypervisor}. */
@NullMarked
package dev.minions.hypervisor.ch;

import org.jspecify.annotations.NullMarked;
