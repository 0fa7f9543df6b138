/** The lab: hosts in VMs. */
@NullMarked
package dev.minions.e2e.lab;

import org.jspecify.annotations.NullMarked;
