package dev.minions.core.engine;

import dev.minions.AttachedDisk;
import dev.minions.CopyOptions;
import dev.minions.OperationId;
import dev.minions.ProgressListener;
import dev.minions.ProjectName;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.VmSpec;
import dev.minions.VmState;
import dev.minions.core.engine.Journal.Opening;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.spi.OperationRecord.Phase;
import dev.minions.spi.StateStore;
import dev.minions.spi.StateTransaction;
import dev.minions.spi.VmPlace;
import dev.minions.spi.VmRecord;
import dev.minions.spi.VolumeSnapshots;
import java.util.List;
import java.util.Optional;

/**
 * Makes VMs of what the disks of others hold. Two operations, one inside the other: one holds the VM that is copied, so
 * that nobody starts or destroys it meanwhile, and changes nothing; the other makes the copy, as a create does.
 */
final class Copying {
    private static final String KIND = "copy";

    private final DataDirectory directory;
    private final Backends backends;
    private final StateStore store;
    private final Journal journal;
    private final Power power;
    private final Creation creation;
    private final Manifests manifests;
    private final Stillness stillness;

    Copying(
            DataDirectory directory,
            Backends backends,
            StateStore store,
            Journal journal,
            Power power,
            Creation creation,
            Manifests manifests,
            Stillness stillness) {
        this.directory = directory;
        this.backends = backends;
        this.store = store;
        this.journal = journal;
        this.power = power;
        this.creation = creation;
        this.manifests = manifests;
        this.stillness = stillness;
    }

    /** One try to copy a VM; {@code VM_BUSY} if another operation is on it. Returns the copy's id. */
    VmId copy(ProjectName project, VmId source, CopyOptions options) {
        VmRecord before = power.settled(source, KIND);
        VolumeSnapshots snapshots = OwnDisks.snapshots(backends.volumes(), before, KIND);
        return journal.run(
                KIND,
                OperationId.random(),
                ProgressListener.NONE,
                transaction -> openSource(transaction, source),
                reading -> {
                    VmRecord from = store.read(view -> VmLookup.require(view, source));
                    VmId made = make(project, from, snapshots, reading, options);
                    reading.finish(transaction -> {});
                    return made;
                });
    }

    private static Opening openSource(StateTransaction transaction, VmId source) {
        VmRecord from = VmLookup.requireIdle(transaction, source);
        VmLookup.requireState(KIND, from, VmState.STOPPED, VmState.FAILED, VmState.RUNNING);
        return new Opening(from, Phase.UNDO, List.of(), List.of());
    }

    private VmId make(
            ProjectName project, VmRecord from, VolumeSnapshots snapshots, Operation reading, CopyOptions options) {
        VmId id = VmId.random();
        VmSpec spec = spec(from.spec(), options.name());
        return journal.run(
                KIND,
                OperationId.random(),
                options.progress(),
                transaction -> creation.reserve(transaction, id, project, spec, from.imageDigest(), Lifetime.DURABLE),
                making -> {
                    VmRecord vm = store.read(view -> VmLookup.require(view, id));
                    making.begin("make directory");
                    VmPlace place = directory.place(id, vm.cid());
                    DataDirectory.make(place);
                    manifests.write(id);
                    FreshIdentity.want(place);
                    making.begin("copy disks");
                    stillness.during(reading, from, KIND, read -> snapshots.copy(OwnDisks.of(from), id, read, making));
                    reading.checkpoint();
                    making.finish(transaction -> Creation.created(transaction, vm, making.id()));
                    return id;
                });
    }

    /** What the copy is: the other, less what can be had once. */
    private static VmSpec spec(VmSpec from, Optional<VmName> name) {
        VmSpec.Builder spec = VmSpec.builder(from.image())
                .cpus(from.cpus())
                .memory(from.memory())
                .disk(from.disk());
        from.data().ifPresent(spec::data);
        from.allowFrom().forEach(spec::allowFrom);
        from.bandwidth().ifPresent(spec::bandwidth);
        name.ifPresent(spec::name);
        from.attached().stream()
                .filter(disk -> disk.access() == AttachedDisk.Access.READ_ONLY)
                .forEach(spec::attach);
        from.labels().forEach(spec::label);
        from.environment().forEach(spec::environment);
        from.sshKeys().forEach(spec::sshKey);
        from.files().forEach(spec::file);
        from.kernel().ifPresent(spec::kernel);
        from.initrd().ifPresent(spec::initrd);
        from.kernelArguments().ifPresent(spec::kernelArguments);
        return spec.build();
    }
}
