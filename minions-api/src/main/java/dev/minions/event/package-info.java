/** What happens to VMs and images while a call runs and between calls: progress and changes of state. */
@NullMarked
package dev.minions.event;

import org.jspecify.annotations.NullMarked;
