package dev.minions.testkit.fake;

import dev.minions.ByteSize;
import dev.minions.ProgressListener;
import dev.minions.VmId;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.Volume;
import dev.minions.spi.VolumeBackend;
import dev.minions.spi.VolumeId;
import dev.minions.spi.VolumeSnapshots;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Real volumes whose calls go wrong as a {@link FakeHost} says, and are moments of its process. */
public final class WatchedVolumes {
    private WatchedVolumes() {}

    /** Those volumes, as they are for the process of that host. */
    public static BackendFactory<VolumeBackend> on(FakeHost host, BackendFactory<VolumeBackend> real) {
        return new WatchedFactory<>(host, real, Watched::new);
    }

    private record Watched(FakeProcess process, VolumeBackend real) implements VolumeBackend {
        @Override
        public BackendId id() {
            return real.id();
        }

        @Override
        public String configuration() {
            return real.configuration();
        }

        @Override
        public String description() {
            return real.description();
        }

        @Override
        public Set<DiskFormat> formats() {
            return real.formats();
        }

        @Override
        public Volume clone(VolumeId id, BaseImage base, ByteSize size, ProgressListener progress) {
            return process.around(FakeCall.VOLUME_CLONE, () -> real.clone(id, base, size, progress));
        }

        @Override
        public Volume create(VolumeId id, ByteSize size) {
            return process.around(FakeCall.VOLUME_CREATE, () -> real.create(id, size));
        }

        @Override
        public Optional<Volume> find(VolumeId id) {
            return process.around(FakeCall.VOLUME_READ, () -> real.find(id));
        }

        @Override
        public List<Volume> list() {
            return process.around(FakeCall.VOLUME_READ, real::list);
        }

        @Override
        public Volume grow(VolumeId id, ByteSize size) {
            return process.around(FakeCall.VOLUME_GROW, () -> real.grow(id, size));
        }

        @Override
        public void delete(VolumeId id) {
            process.around(FakeCall.VOLUME_DELETE, () -> real.delete(id));
        }

        @Override
        public Optional<VolumeSnapshots> snapshots() {
            return real.snapshots().map(snapshots -> new WatchedSnapshots(process, snapshots));
        }

        @Override
        public void close() {
            real.close();
        }
    }

    private record WatchedSnapshots(FakeProcess process, VolumeSnapshots real) implements VolumeSnapshots {
        @Override
        public void create(VolumeId volume, String snapshot, Runnable read) {
            process.around(FakeCall.SNAPSHOT_CREATE, () -> real.create(volume, snapshot, read));
        }

        @Override
        public void create(List<VolumeId> volumes, String snapshot, Runnable read) {
            process.around(FakeCall.SNAPSHOT_CREATE, () -> real.create(volumes, snapshot, read));
        }

        @Override
        public List<String> list(VolumeId volume) {
            return process.around(FakeCall.VOLUME_READ, () -> real.list(volume));
        }

        @Override
        public void prepare(VolumeId volume, String snapshot) {
            process.around(FakeCall.SNAPSHOT_PREPARE, () -> real.prepare(volume, snapshot));
        }

        @Override
        public void discard(VolumeId volume, String snapshot) {
            process.around(FakeCall.SNAPSHOT_RESTORE, () -> real.discard(volume, snapshot));
        }

        @Override
        public void replace(VolumeId volume, String snapshot) {
            process.around(FakeCall.SNAPSHOT_RESTORE, () -> real.replace(volume, snapshot));
        }

        @Override
        public Volume restore(VolumeId volume, String snapshot) {
            return process.around(FakeCall.SNAPSHOT_RESTORE, () -> real.restore(volume, snapshot));
        }

        @Override
        public void delete(VolumeId volume, String snapshot) {
            process.around(FakeCall.SNAPSHOT_DELETE, () -> real.delete(volume, snapshot));
        }

        @Override
        public Volume copy(VolumeId volume, VolumeId copy, Runnable read, ProgressListener progress) {
            return process.around(FakeCall.VOLUME_COPY, () -> real.copy(volume, copy, read, progress));
        }

        @Override
        public void copy(List<VolumeId> volumes, VmId to, Runnable read, ProgressListener progress) {
            process.around(FakeCall.VOLUME_COPY, () -> real.copy(volumes, to, read, progress));
        }
    }
}
