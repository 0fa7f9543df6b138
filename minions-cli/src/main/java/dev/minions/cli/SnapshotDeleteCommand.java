package dev.minions.cli;

import dev.minions.SnapshotInfo;
import dev.minions.SnapshotName;
import dev.minions.SnapshotOptions;
import dev.minions.Vm;
import dev.minions.cli.Syntax.Operands;
import java.util.Optional;

/** {@code minions snapshot delete}. */
final class SnapshotDeleteCommand implements Verb {
    private static final String COMMAND = "snapshot delete";

    @Override
    public Syntax syntax() {
        return Syntax.of(COMMAND, "Delete a snapshot; the disks and other snapshots stay as they are")
                .with(Option.value("SNAPSHOT", "Which snapshot; must be given", SnapshotCreateCommand.NAME))
                .with(Operands.some("NAME", "Name, id, or the last 6 or more digits of the id"))
                .note("", "Does not ask back.");
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
            vm.snapshots().delete(name, session.with(SnapshotOptions.defaults(), COMMAND + " " + given));
            snapshot.ifPresent(one -> SnapshotCreateCommand.show(
                    session,
                    vm.info(),
                    one,
                    "deleted " + name + " of " + vm.info().name()));
        });
    }
}
