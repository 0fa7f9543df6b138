/**
 * A fake of the program {@code cloud-hypervisor}: a process of its own that speaks its API and breaks as it is told. Begin
 * with {@link dev.minions.testkit.cloudhypervisor.FakeCloudHypervisor}.
 */
@NullMarked
package dev.minions.testkit.cloudhypervisor;

import org.jspecify.annotations.NullMarked;
