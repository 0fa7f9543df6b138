package dev.minions.e2e.suite;

import dev.minions.AllowedSource;
import dev.minions.ByteSize;
import dev.minions.DataRate;
import dev.minions.Minions;
import dev.minions.PortForward;
import dev.minions.VmId;
import dev.minions.VmSpec;
import dev.minions.net.linux.LinuxBridge;
import dev.minions.testkit.ChildJvm;
import dev.minions.testkit.census.HostResources;
import dev.minions.testkit.fake.FakeHost;
import dev.minions.testkit.fake.KillPoint;
import dev.minions.testkit.fake.WatchedHypervisor;
import dev.minions.testkit.fake.WatchedNetwork;
import dev.minions.testkit.fake.WatchedStateStore;
import dev.minions.testkit.fake.WatchedVolumes;
import dev.minions.testkit.kill.Change;
import dev.minions.testkit.kill.DiskMark;
import dev.minions.testkit.kill.KillHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;

/**
 * A host of the lab on which VMs are changed and programs killed: disks in a thin pool of LVM, cards on the bridge, real
 * guests on the hypervisor under test. All of it is counted.
 */
final class CampaignHost implements KillHost {
    /** Where the users of VMMs begin. */
    private static final long FIRST_USER = 1_879_048_192L;

    /** Between a published port, an allowed source and a limit every set and map of the bridge has an element. */
    private static final PortForward PUBLISHED = PortForward.of(18_080, 80);

    private static final LinuxBridge BRIDGE = LinuxBridge.named("br0");

    /** As long as a disk must be that a guest is given. */
    private static final int HOST_DISK_BYTES = 1 << 20;

    private static final Path HOST_DISK = Path.of("/var/lib/lab-disk");

    /** Makes the pool and the bridge for the data directory, and takes the guest in. */
    void setUp() throws IOException {
        Files.write(HOST_DISK, new byte[HOST_DISK_BYTES]);
        LvmHost.makePool(LabHome.context().installation());
        BRIDGE.init(LabHome.context());
        try (Minions minions = open(process())) {
            LabHome.importGuest(minions);
        }
    }

    @Override
    public FakeHost process() {
        return new FakeHost();
    }

    @Override
    public Minions open(FakeHost process) {
        return LabHome.builder()
                .hypervisor(WatchedHypervisor.on(process, Subject.hypervisor()))
                .volumes(WatchedVolumes.on(process, LvmHost.BACKEND))
                .network(WatchedNetwork.on(process, BRIDGE))
                .storeThrough(store -> WatchedStateStore.on(process, store))
                .build();
    }

    @Override
    public ChildJvm start(Change change, KillPoint point) {
        return ChildJvm.start(Subject.options(), CampaignWorker.class, change.name(), point.toString());
    }

    @Override
    public Collection<String> things() {
        return LabHome.wholeCensus()
                .counting("process", () -> HostResources.processesOfUsers(FIRST_USER))
                .counting("volume", () -> HostResources.volumes(LvmHost.GROUP))
                .counting("mapped-device", HostResources::mappedDevices)
                .counting("network-device", HostResources::networkDevices)
                .counting("packet-filter", HostResources::packetFilter)
                .counting("cgroup", HostResources::cgroups)
                .take()
                .found();
    }

    @Override
    public VmSpec spec(String name) {
        VmSpec.Builder spec = VmSpec.builder(name, LabHome.IMAGE)
                .cpus(1)
                .memory(ByteSize.mib(384))
                .disk(ByteSize.gib(1))
                .allowFrom(AllowedSource.parse("192.0.2.0/24"))
                .bandwidth(DataRate.parse("100mbit"));
        return (name.equals(Change.NAME) ? spec.publish(PUBLISHED) : spec).build();
    }

    @Override
    public Path hostDisk() {
        return HOST_DISK;
    }

    @Override
    public Duration patience() {
        return Duration.ofMinutes(5);
    }

    @Override
    public Duration calm() {
        return Duration.ofSeconds(30);
    }

    @Override
    public void mark(VmId vm, String mark) {
        DiskMark.write(disk(vm), mark);
    }

    @Override
    public String markOf(VmId vm) {
        return DiskMark.read(disk(vm));
    }

    private static Path disk(VmId vm) {
        return Path.of("/dev", LvmHost.GROUP, "vm." + vm.toString().replace("-", "") + ".root");
    }
}
