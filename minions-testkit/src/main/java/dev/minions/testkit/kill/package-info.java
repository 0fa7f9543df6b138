/**
 * Changes of VMs in programs that are killed, and what is to be there after the next: {@link
 * dev.minions.testkit.kill.Change} lists the changes, a {@link dev.minions.testkit.kill.KillHost} is what they are made
 * on, and a {@link dev.minions.testkit.kill.KillCampaign} kills and judges.
 */
@NullMarked
package dev.minions.testkit.kill;

import org.jspecify.annotations.NullMarked;
