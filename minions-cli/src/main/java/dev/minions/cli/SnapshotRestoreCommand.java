package dev.minions.cli;

import dev.minions.Snapshots;
import dev.minions.cli.Syntax.Operands;

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
        return NamedSnapshot.each(
                session, COMMAND, Snapshots::restore, (vm, snapshot) -> "restored " + vm.name() + " to " + snapshot);
    }
}
