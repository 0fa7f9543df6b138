/** Disks as thin volumes of LVM: begin with {@link dev.minions.storage.lvm.LvmThin}. */
@NullMarked
package dev.minions.storage.lvm;

import org.jspecify.annotations.NullMarked;
