package dev.minions.testkit.fake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.ByteSize;
import dev.minions.PortForward;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.spi.BackendContext;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.spi.Network;
import dev.minions.spi.Network.NicRequest;
import dev.minions.spi.VmPlace;
import dev.minions.spi.Volume;
import dev.minions.spi.VolumeBackend;
import dev.minions.spi.VolumeId;
import dev.minions.testkit.census.LeakCensus;
import dev.minions.testkit.census.LeakCensus.Snapshot;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JVMs that die at each moment of making a machine: another finds what they left, and can undo it without trace. */
class KilledJvmTest {
    private static final int KILLED = 137;
    private static final int MOST = 20;

    @TempDir
    Path directory;

    /** The fakes of one JVM on the host that all share. */
    private record Backends(FakeHost host, BackendContext context, VmPlace place) {
        static Backends in(Path directory, VmId vm) {
            Path records = directory.resolve("data/vms").resolve(vm.toString());
            Path run = directory.resolve("run").resolve(vm.shortForm());
            return new Backends(
                    FakeHost.in(directory),
                    new BackendContext("0123456789ab", directory.resolve("data"), directory.resolve("run")),
                    new VmPlace(vm, 3, records, run));
        }

        void make() {
            VolumeBackend volumes = FakeVolumes.on(host).open(context);
            Volume disk = volumes.create(VolumeId.root(place.vm()), ByteSize.mib(1));
            Network network = FakeNetwork.on(host).open(context);
            network.attach(new NicRequest(
                    place, "52:54:00:00:00:03", "10.0.0.2", List.of(PortForward.of(8080, 80)), Lifetime.DURABLE));
            hypervisor()
                    .start(new MachineSpec(
                            place,
                            VmName.of("a"),
                            1,
                            ByteSize.mib(128),
                            disk.path(),
                            Optional.empty(),
                            "quiet",
                            List.of(new MachineSpec.Disk(
                                    disk.path(), DiskFormat.RAW, Optional.empty(), MachineSpec.Access.READ_WRITE)),
                            List.of(),
                            Lifetime.DURABLE));
        }

        Hypervisor hypervisor() {
            return ProcessHypervisor.on(host).open(context);
        }

        void undo() {
            hypervisor().remove(place);
            FakeNetwork.on(host).open(context).detach(place);
            FakeVolumes.on(host).open(context).delete(VolumeId.root(place.vm()));
        }
    }

    /** What such a JVM runs: directory, VM, and the moment of its death. */
    static final class Doomed {
        public static void main(String[] args) {
            Backends backends = Backends.in(Path.of(args[0]), VmId.of(args[1]));
            backends.host()
                    .killAt(Long.parseLong(args[2]))
                    .whenKilled(() -> Runtime.getRuntime().halt(KILLED));
            backends.make();
        }
    }

    @Test
    void whateverAKilledJvmLeavesAnotherOneFindsAndRemoves() throws Exception {
        LeakCensus census = LeakCensus.of(directory.resolve("data"), directory.resolve("run"))
                .counting("card", () -> FakeHost.in(directory).connected());
        int moment = 0;
        int exit = KILLED;
        int leftMost = 0;
        while (exit == KILLED) {
            assertThat(++moment).isLessThan(MOST);
            VmId vm = VmId.random();
            Backends backends = Backends.in(directory, vm);
            Path records = Files.createDirectories(backends.place().records());
            Files.createDirectories(directory.resolve("run"));
            FakeVolumes.on(backends.host()).open(backends.context());
            Snapshot before = census.take();

            exit = run(vm, moment);

            leftMost = Math.max(leftMost, census.take().moreThan(before).size());
            backends.undo();
            Files.deleteIfExists(records.resolve("console.cur"));
            Files.deleteIfExists(records.resolve("stderr.cur"));
            assertThat(census.take().moreThan(before))
                    .as("left by the JVM that died at moment %d", moment)
                    .isEmpty();
        }
        assertThat(exit).isZero();
        assertThat(moment)
                .as("three calls of three moments, and one that is not reached")
                .isEqualTo(10);
        assertThat(leftMost).as("a process, its card, its files").isGreaterThan(5);
    }

    private int run(VmId vm, int moment) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Doomed.class.getName(),
                        directory.toString(),
                        vm.toString(),
                        "" + moment)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("doomed.log").toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }
}
