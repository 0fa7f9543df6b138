package dev.minions.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.ByteSize;
import dev.minions.CopyOptions;
import dev.minions.CreateOptions;
import dev.minions.ImageRef;
import dev.minions.ProjectName;
import dev.minions.StartOptions;
import dev.minions.VmId;
import dev.minions.VmInfo;
import dev.minions.core.instance.InstanceLocks;
import dev.minions.core.store.SqliteStore;
import dev.minions.core.store.VmJson;
import dev.minions.core.volume.DirectoryVolumes;
import dev.minions.spi.BackendContext;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.spi.StateStore;
import dev.minions.testkit.fake.FakeGuestState;
import dev.minions.testkit.fake.FakeHost;
import dev.minions.testkit.fake.FakeHypervisor;
import dev.minions.testkit.fake.FakeNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A VM copied a hundred times, on the real store and real files, with agents that speak the true protocol. */
class ManyCopiesTest {
    private static final int MANY = 100;
    private static final ByteSize IMAGE_SIZE = ByteSize.mib(1);

    @TempDir
    private Path directory;

    private final FakeHost host = new FakeHost();

    @Test
    void aHundredCopiesOfOneVmAreAHundredDifferentMachines() throws IOException {
        try (Engine engine = engine()) {
            VmId first = engine.create(
                    ProjectName.DEFAULT, TestHost.spec("first"), CreateOptions.defaults(), Lifetime.DURABLE);
            List<VmId> all = new ArrayList<>(List.of(first));
            for (int i = 0; i < MANY; i++) {
                VmId copy = engine.copy(ProjectName.DEFAULT, first, CopyOptions.defaults());
                engine.start(copy, StartOptions.defaults());
                all.add(copy);
            }

            assertDifferent(all, vm -> host.agent().guest(vm).machineId());
            assertDifferent(all, vm -> host.agent().guest(vm).hostKey());
            assertDifferent(all, vm -> host.agent().guest(vm).hostname());
            assertDifferent(all, vm -> host.agent().guest(vm).address().orElseThrow());
            assertDifferent(all, vm -> engine.info(vm).mac().orElseThrow());
            assertDifferent(all, vm -> engine.info(vm).cid());
            assertThat(host.agent().guest(first).machineId()).isEqualTo(FakeGuestState.OF_THE_IMAGE);
            assertThat(all)
                    .allSatisfy(vm -> assertThat(host.agent().guest(vm).hostname())
                            .isEqualTo(engine.info(vm).name().value()));
            assertThat(engine.list(ProjectName.DEFAULT))
                    .extracting(VmInfo::ip)
                    .doesNotHaveDuplicates()
                    .hasSize(MANY + 1);
        }
    }

    private static <T> void assertDifferent(List<VmId> vms, Function<VmId, T> what) {
        assertThat(vms.stream().map(what)).hasSize(MANY + 1).doesNotHaveDuplicates();
    }

    private Engine engine() throws IOException {
        Path root = Files.createDirectories(directory.resolve("data"));
        Path disk = Files.write(directory.resolve("disk"), new byte[(int) IMAGE_SIZE.bytes()]);
        StateStore store = SqliteStore.open(root);
        store.<Boolean>write(transaction -> {
            transaction.putImage(TestHost.imageRecord(IMAGE_SIZE));
            return true;
        });
        DataDirectory data = new DataDirectory(root, directory.resolve("run"));
        BackendContext context = new BackendContext("0123456789ab", data.root(), data.sockets());
        return new Engine(
                data,
                new Backends(
                        FakeHypervisor.on(host).open(context),
                        DirectoryVolumes.factory(Set.of(DiskFormat.RAW)).open(context),
                        FakeNetwork.on(host).open(context)),
                store,
                new LockedInstances(InstanceLocks.in(root.resolve("instances")), store),
                TestHost.library(new BootImage(
                        ImageRef.of(TestHost.IMAGE),
                        disk,
                        IMAGE_SIZE,
                        Optional.of(disk),
                        Optional.empty(),
                        "root=/dev/vda")),
                VmJson::write);
    }
}
