/**
 * What every backend promises, as tests: extend the contract of your interface, say how yours is opened, and pass.
 *
 * {@snippet :
 * class MyVolumesTest extends VolumeBackendContract {
 *     @Override
 *     protected BackendFactory<VolumeBackend> factory() {
 *         return MyVolumes.onThisHost();
 *     }
 *
 *     @Override
 *     protected void leaveHalfMade(BackendContext context, VolumeId id) throws IOException {
 *         Files.writeString(context.dataDirectory().resolve("my-volumes/" + id + ".part"), "half a disk");
 *     }
 * }
 * }
 *
 * <p>Each sentence in the documentation of {@code dev.minions.spi} that can be tested is a test here, named as a
 * sentence: a failure names the promise that was broken. Every contract opens the backend as often as it likes, over the
 * same data directory, since a backend knows nothing but what the host tells it. The contracts make their directories
 * themselves, with short paths, and remove them.
 *
 * <table>
 * <caption>Contracts</caption>
 * <tr><td>{@link dev.minions.testkit.VolumeBackendContract}</td><td>needs: how a half-made volume looks</td></tr>
 * <tr><td>{@link dev.minions.testkit.NetworkContract}</td><td>needs: what is on the host for its cards</td></tr>
 * <tr><td>{@link dev.minions.testkit.HypervisorContract}</td><td>needs: a guest that boots and writes to its
 * console</td></tr>
 * <tr><td>{@link dev.minions.testkit.GuestChannelContract}</td><td>needs: the channel of a guest that runs, with an
 * agent</td></tr>
 * <tr><td>{@link dev.minions.testkit.ImageSourceContract}</td><td>needs: the build that takes the least time</td></tr>
 * <tr><td>{@link dev.minions.testkit.StateStoreContract}</td><td>needs: a store whose clock can be set</td></tr>
 * </table>
 *
 * <p>What a host cannot show, as a full disk, is skipped, and the reason is in the report. For tests of programs rather
 * than backends there are fakes that pass the same contracts, in {@link dev.minions.testkit.fake}, a count of what was
 * left behind, in {@link dev.minions.testkit.census}, and campaigns that kill programs in the middle of a change, in
 * {@link dev.minions.testkit.kill}.
 *
 * <p>Use it with JUnit 5 and AssertJ; both come with it.
 */
@NullMarked
package dev.minions.testkit;

import org.jspecify.annotations.NullMarked;
