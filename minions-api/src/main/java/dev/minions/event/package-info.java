/** What happened to VMs, in order, readable again from any {@linkplain dev.minions.event.Event#cursor cursor}. */
@NullMarked
package dev.minions.event;

import org.jspecify.annotations.NullMarked;
