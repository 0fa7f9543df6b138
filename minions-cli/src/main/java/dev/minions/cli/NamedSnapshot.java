package dev.minions.cli;

import dev.minions.SnapshotInfo;
import dev.minions.SnapshotName;
import dev.minions.SnapshotOptions;
import dev.minions.Snapshots;
import dev.minions.Vm;
import dev.minions.VmInfo;
import java.util.Optional;
import java.util.function.BiFunction;

/** What the commands do in the same way that change something by a snapshot which is there. */
final class NamedSnapshot {
    private NamedSnapshot() {}

    /** A change by a snapshot. */
    @FunctionalInterface
    interface Change {
        void of(Snapshots snapshots, SnapshotName name, SnapshotOptions options);
    }

    /**
     * Makes the change by the snapshot that {@code --name} names, of each VM that is named, and shows the snapshot as it
     * was before.
     *
     * @param line what to say of a VM and the snapshot
     */
    static int each(Session session, String command, Change change, BiFunction<VmInfo, SnapshotName, String> line) {
        SnapshotName name = SnapshotCreateCommand.named(session, command);
        return Names.each(session, given -> {
            Vm vm = session.vm(given);
            Optional<SnapshotInfo> before = vm.snapshots().list().stream()
                    .filter(one -> one.name().equals(name))
                    .findFirst();
            change.of(vm.snapshots(), name, session.with(SnapshotOptions.defaults(), command + " " + given));
            before.ifPresent(snapshot -> {
                VmInfo info = vm.info();
                SnapshotCreateCommand.show(session, info, snapshot, line.apply(info, name));
            });
        });
    }
}
