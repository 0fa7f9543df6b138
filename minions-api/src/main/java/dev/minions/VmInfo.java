package dev.minions;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a VM was at the moment it was read. Made by Minions; components may be added, so read it through its accessors
 * and neither construct nor deconstruct it.
 *
 * @param id its identity
 * @param name its name
 * @param project its project
 * @param state where it is in its life, as the host showed it at reading
 * @param activity the unfinished operation on it, if one is under way
 * @param failure why it is {@link VmState#FAILED}; empty otherwise
 * @param image the image it was made from
 * @param imageDigest that image's digest, {@code sha256:…}
 * @param cpus virtual CPUs
 * @param memory memory
 * @param disk size of the root disk as the guest sees it
 * @param data size of the data disk; empty if it has none
 * @param attached disks of the host that it has beside its own
 * @param snapshots the snapshots of its disks, the oldest first
 * @param ip its address inside its network; empty where it has no network
 * @param ip6 its IPv6 address there; empty where the network has none, or this program another network
 * @param mac its MAC address; empty where it has no network
 * @param cid its context id, 3 or more; unique on the host
 * @param pid the VMM's process id, while there is one
 * @param publish ports of the host that lead into it
 * @param labels its labels
 * @param createdAt when it was created
 * @param startedAt when its agent last began to answer; empty while it is stopped
 * @param backends the ids of what it stands on
 * @param paths real paths on the host, by name: {@code directory} and {@code sockets} always; while it runs also the
 *     console, its log and the hypervisor's own, as {@code info} shows them
 */
public record VmInfo(
        VmId id,
        VmName name,
        ProjectName project,
        VmState state,
        Optional<Activity> activity,
        Optional<String> failure,
        ImageRef image,
        String imageDigest,
        int cpus,
        ByteSize memory,
        ByteSize disk,
        Optional<ByteSize> data,
        List<AttachedDisk> attached,
        List<SnapshotInfo> snapshots,
        Optional<String> ip,
        Optional<String> ip6,
        Optional<String> mac,
        long cid,
        OptionalLong pid,
        List<PortForward> publish,
        Map<String, String> labels,
        Instant createdAt,
        Optional<Instant> startedAt,
        Backends backends,
        Map<String, Path> paths) {

    /** Copies the collections. */
    public VmInfo {
        attached = List.copyOf(attached);
        snapshots = List.copyOf(snapshots);
        publish = List.copyOf(publish);
        labels = Map.copyOf(labels);
        paths = Map.copyOf(paths);
    }

    /** Whether the engine that worked on the VM died: the next change of any VM recovers it. */
    public boolean recovering() {
        return activity.map(Activity::orphaned).orElse(false);
    }

    /**
     * An operation under way.
     *
     * @param operation its id
     * @param kind what it does: {@code create}, {@code start}, …
     * @param step the step it was last seen in
     * @param startedAt when it began
     * @param orphaned whether the engine that began it is dead
     * @param needs the backend without which it cannot be recovered here, if this engine lacks one
     */
    public record Activity(
            OperationId operation,
            String kind,
            String step,
            Instant startedAt,
            boolean orphaned,
            Optional<String> needs) {}

    /**
     * What a VM stands on, by backend id.
     *
     * @param hypervisor for example {@code qemu}
     * @param volumes for example {@code directory}
     * @param network for example {@code user}
     */
    public record Backends(String hypervisor, String volumes, String network) {}
}
