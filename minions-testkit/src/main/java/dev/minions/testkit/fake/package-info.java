/**
 * Backends that need no hypervisor, no privileges and no time, and pass the same contracts as real ones.
 *
 * {@snippet :
 * var host = new FakeHost();
 * host.guest("web", FakeGuest.wellBehaved().ignoringThePowerButton());
 * host.agent().with("nginx", FakeCommand.exiting(1));
 * host.failing(FakeCall.NETWORK_ATTACH, Fault.error(ErrorCode.NETWORK_ERROR).onCall(2));
 *
 * StateStore store = InMemoryStateStore.on(host);
 * Hypervisor hypervisor = FakeHypervisor.on(host).open(context);
 * VolumeBackend volumes = FakeVolumes.on(host).open(context);
 * Network network = FakeNetwork.on(host).open(context);
 * }
 *
 * <p>{@link dev.minions.testkit.fake.FakeHost} plays what outlives a process; one object of it is one process. To kill a
 * process at every moment of a call, run the call once, count {@link dev.minions.testkit.fake.FakeHost#moments}, and
 * run it again for each with {@link dev.minions.testkit.fake.FakeHost#killAt}; then look at the host with
 * {@link dev.minions.testkit.fake.FakeHost#anotherProcess}.
 *
 * <p>Where a whole JVM is to die, {@link dev.minions.testkit.fake.FakeHost#in} and
 * {@link dev.minions.testkit.fake.ProcessHypervisor} leave real files and real processes for another one to find:
 *
 * {@snippet :
 * FakeHost.in(directory)
 *         .killAt(moment)
 *         .whenKilled(() -> Runtime.getRuntime().halt(137));
 * }
 */
@NullMarked
package dev.minions.testkit.fake;

import org.jspecify.annotations.NullMarked;
