package dev.minions.cli;

import dev.minions.SnapshotInfo;
import dev.minions.SnapshotName;
import dev.minions.SnapshotOptions;
import dev.minions.Vm;
import dev.minions.cli.Syntax.Operands;
import java.util.Optional;

/** {@code minions snapshot restore}. */
final class SnapshotRestoreCommand implements Verb {
    private static final String COMMAND = "snapshot restore";

    @Override
    public Syntax syntax() {
        return Syntax.of(COMMAND, "Make the disks of stopped VMs hold again what they held in a snapshot")
                .with(Option.value("SNAPSHOT", "Which snapshot; must be given", SnapshotCreateCommand.NAME))
                .with(Operands.some("NAME", "Name, id, or the last 6 or more digits of the id"))
                .note("", "What they hold now is gone: all of it, or, if this fails, nothing. The snapshot stays.");
    }

    @Override
    public Effect effect() {
        return Effect.CHANGES;
    }

    @Override
    public int run(Session session) {
        SnapshotName name = SnapshotCreateCommand.named(session, COMMAND);
        return Names.each(session, given -> {
            Vm vm = session.vm(given);
            Optional<SnapshotInfo> snapshot = vm.snapshots().list().stream()
                    .filter(one -> one.name().equals(name))
                    .findFirst();
            vm.snapshots().restore(name, session.with(SnapshotOptions.defaults(), COMMAND + " " + given));
            snapshot.ifPresent(one -> SnapshotCreateCommand.show(
                    session, vm.info(), one, "restored " + vm.info().name() + " to " + name));
        });
    }
}
