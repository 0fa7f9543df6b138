package dev.minions.client.json;

import dev.minions.ByteSize;
import dev.minions.PortForward;
import dev.minions.VmInfo;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A VM.
 *
 * @param id its identity, a UUID
 * @param name its name
 * @param project its project
 * @param state {@code creating}, {@code stopped}, {@code starting}, {@code running}, {@code paused},
 *     {@code suspended}, {@code stopping}, {@code failed} or {@code destroying}
 * @param recovering whether whoever worked on it died, and the next change of any VM will put it right
 * @param activity the operation under way on it
 * @param failure why it failed, when the state says so
 * @param image the image it was made from
 * @param imageDigest that image's digest
 * @param cpus virtual CPUs
 * @param memory bytes of memory
 * @param disk bytes of its root disk, as the guest sees it
 * @param data bytes of its data disk; null if it has none
 * @param attached paths of the disks of the host that it has beside its own
 * @param snapshots the names of the snapshots of its disks, the oldest first
 * @param ip its address inside its network
 * @param ip6 its IPv6 address there; null where the network has none
 * @param mac its MAC address
 * @param cid its context id
 * @param pid the process id of its VMM, while there is one
 * @param ports ports of the host that lead into it
 * @param labels its labels
 * @param createdAt when it was created
 * @param startedAt when its agent last began to answer; null while it is stopped
 * @param backends what it stands on
 * @param paths real paths on the host, by name
 */
public record VmJson(
        String id,
        String name,
        String project,
        String state,
        boolean recovering,
        @Nullable Activity activity,
        @Nullable String failure,
        String image,
        String imageDigest,
        int cpus,
        long memory,
        long disk,
        @Nullable Long data,
        List<String> attached,
        List<String> snapshots,
        @Nullable String ip,
        @Nullable String ip6,
        @Nullable String mac,
        long cid,
        @Nullable Long pid,
        List<Port> ports,
        Map<String, String> labels,
        Instant createdAt,
        @Nullable Instant startedAt,
        Backends backends,
        Map<String, String> paths)
        implements JsonShape {

    /** Copies the collections; the maps are in the order of their keys. */
    public VmJson {
        attached = List.copyOf(attached);
        snapshots = List.copyOf(snapshots);
        ports = List.copyOf(ports);
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        paths = Collections.unmodifiableMap(new TreeMap<>(paths));
    }

    /** The shape of a VM. */
    public static VmJson of(VmInfo vm) {
        Map<String, String> paths = new TreeMap<>();
        vm.paths().forEach((name, path) -> paths.put(name, path.toString()));
        return new VmJson(
                vm.id().toString(),
                vm.name().value(),
                vm.project().value(),
                Fields.word(vm.state()),
                vm.recovering(),
                vm.activity().map(Activity::of).orElse(null),
                vm.failure().orElse(null),
                vm.image().value(),
                vm.imageDigest(),
                vm.cpus(),
                vm.memory().bytes(),
                vm.disk().bytes(),
                vm.data().map(ByteSize::bytes).orElse(null),
                vm.attached().stream().map(disk -> disk.path().toString()).toList(),
                vm.snapshots().stream().map(snapshot -> snapshot.name().value()).toList(),
                vm.ip().orElse(null),
                vm.ip6().orElse(null),
                vm.mac().orElse(null),
                vm.cid(),
                Fields.number(vm.pid()),
                vm.publish().stream().map(Port::of).toList(),
                vm.labels(),
                vm.createdAt(),
                vm.startedAt().orElse(null),
                Backends.of(vm.backends()),
                paths);
    }

    @Override
    public Map<String, @Nullable Object> fields() {
        return new Fields()
                .add("id", id)
                .add("name", name)
                .add("project", project)
                .add("state", state)
                .add("recovering", recovering)
                .add("activity", activity)
                .add("failure", failure)
                .add("image", image)
                .add("imageDigest", imageDigest)
                .add("cpus", cpus)
                .add("memory", memory)
                .add("disk", disk)
                .add("data", data)
                .add("attached", attached)
                .add("snapshots", snapshots)
                .add("ip", ip)
                .add("ip6", ip6)
                .add("mac", mac)
                .add("cid", cid)
                .add("pid", pid)
                .add("ports", ports)
                .add("labels", labels)
                .add("createdAt", Fields.time(createdAt))
                .add("startedAt", Fields.time(startedAt))
                .add("backends", backends)
                .add("paths", paths)
                .map();
    }

    /**
     * An operation under way on a VM.
     *
     * @param operation its id, a UUID
     * @param kind what it does: {@code create}, {@code start}, …
     * @param step the step it was last seen in
     * @param startedAt when it began
     * @param orphaned whether whoever began it is dead
     * @param needs the backend without which it cannot be recovered here
     */
    public record Activity(
            String operation,
            String kind,
            String step,
            Instant startedAt,
            boolean orphaned,
            @Nullable String needs) implements JsonShape {
        static Activity of(VmInfo.Activity activity) {
            return new Activity(
                    activity.operation().toString(),
                    activity.kind(),
                    activity.step(),
                    activity.startedAt(),
                    activity.orphaned(),
                    activity.needs().orElse(null));
        }

        @Override
        public Map<String, @Nullable Object> fields() {
            return new Fields()
                    .add("operation", operation)
                    .add("kind", kind)
                    .add("step", step)
                    .add("startedAt", Fields.time(startedAt))
                    .add("orphaned", orphaned)
                    .add("needs", needs)
                    .map();
        }
    }

    /**
     * A TCP port of the host that leads into a VM.
     *
     * @param address the address of the host it listens on
     * @param hostPort the port on the host
     * @param guestPort the port in the guest
     */
    public record Port(String address, int hostPort, int guestPort) implements JsonShape {
        static Port of(PortForward forward) {
            return new Port(forward.address(), forward.hostPort(), forward.guestPort());
        }

        @Override
        public Map<String, @Nullable Object> fields() {
            return new Fields()
                    .add("address", address)
                    .add("hostPort", hostPort)
                    .add("guestPort", guestPort)
                    .map();
        }
    }

    /**
     * The backends a VM stands on, by id.
     *
     * @param hypervisor for example {@code qemu}
     * @param volumes for example {@code directory}
     * @param network for example {@code user}
     */
    public record Backends(String hypervisor, String volumes, String network) implements JsonShape {
        static Backends of(VmInfo.Backends backends) {
            return new Backends(backends.hypervisor(), backends.volumes(), backends.network());
        }

        @Override
        public Map<String, @Nullable Object> fields() {
            return new Fields()
                    .add("hypervisor", hypervisor)
                    .add("volumes", volumes)
                    .add("network", network)
                    .map();
        }
    }
}
