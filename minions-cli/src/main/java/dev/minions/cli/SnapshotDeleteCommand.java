package dev.minions.cli;

import dev.minions.Snapshots;
import dev.minions.cli.Syntax.Operands;

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
        return NamedSnapshot.each(
                session, COMMAND, Snapshots::delete, (vm, snapshot) -> "deleted " + snapshot + " of " + vm.name());
    }
}
