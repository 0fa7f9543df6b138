package dev.minions.core.engine;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.VmRecord;
import dev.minions.spi.Volume;
import dev.minions.spi.VolumeBackend;
import dev.minions.spi.VolumeId;
import dev.minions.spi.VolumeSnapshots;
import java.util.List;
import java.util.stream.Stream;

/** The volumes that are a VM's own: its root disk, and its data disk if it has one. */
final class OwnDisks {
    private OwnDisks() {}

    /** Their ids, in the order in which the guest has them. */
    static List<VolumeId> of(VmRecord vm) {
        return Stream.concat(
                        Stream.of(VolumeId.root(vm.id())),
                        vm.spec().data().map(size -> VolumeId.data(vm.id())).stream())
                .toList();
    }

    /**
     * As they are on the host.
     *
     * @throws MinionsException {@code IO_ERROR} if one is gone
     */
    static List<Volume> find(VolumeBackend volumes, VmRecord vm, String what) {
        return of(vm).stream().map(id -> find(volumes, vm, id, what)).toList();
    }

    /** One of them, in the same way. */
    static Volume find(VolumeBackend volumes, VmRecord vm, VolumeId id, String what) {
        return volumes.find(id)
                .orElseThrow(() -> new MinionsException(
                        ErrorCode.IO_ERROR,
                        what + " vm '" + vm.name() + "': its " + id.role() + " disk is gone from "
                                + volumes.description()));
    }

    /**
     * What keeps and copies them.
     *
     * @throws MinionsException {@code NOT_SUPPORTED} if the backend cannot
     */
    static VolumeSnapshots snapshots(VolumeBackend volumes, VmRecord vm, String what) {
        return volumes.snapshots()
                .orElseThrow(() -> new MinionsException(
                        ErrorCode.NOT_SUPPORTED,
                        what + " vm '" + vm.name() + "': its volumes ('" + volumes.id()
                                + "') have neither snapshots nor copies; use other volumes for VMs that need them"));
    }
}
