package dev.minions.cli;

import dev.minions.SnapshotInfo;
import dev.minions.SnapshotName;
import dev.minions.SnapshotOptions;
import dev.minions.Vm;
import dev.minions.VmInfo;
import dev.minions.cli.Syntax.Operands;
import dev.minions.client.json.SnapshotJson;

/** {@code minions snapshot create}. */
final class SnapshotCreateCommand implements Verb {
    static final String NAME = "--name";

    @Override
    public Syntax syntax() {
        return Syntax.of("snapshot create", "Keep what the disks of VMs hold now, running or not")
                .with(Option.value("SNAPSHOT", "What to call it; the time in UTC if not given", NAME))
                .with(Operands.some("NAME", "Name, id, or the last 6 or more digits of the id"))
                .note(
                        "",
                        "A running guest writes everything and stands still meanwhile, for 2 seconds at the very most;",
                        "where its disks take longer to copy there is no snapshot, and the VM must be stopped first.");
    }

    @Override
    public Effect effect() {
        return Effect.CHANGES;
    }

    @Override
    public int run(Session session) {
        SnapshotOptions options = session.given()
                .value(NAME)
                .map(text -> SnapshotOptions.defaults().name(SnapshotName.of(text)))
                .orElse(SnapshotOptions.defaults());
        return Names.each(session, name -> {
            Vm vm = session.vm(name);
            SnapshotInfo made = vm.snapshots().create(session.with(options, "snapshot " + name));
            show(session, vm.info(), made, "kept " + vm.info().name() + " as " + made.name());
        });
    }

    /** Shows a snapshot: JSON, or else a line, or else the name alone. */
    static void show(Session session, VmInfo vm, SnapshotInfo snapshot, String line) {
        if (session.json()) {
            session.screen().json(SnapshotJson.of(vm, snapshot));
        } else {
            session.screen().line(session.quiet() ? snapshot.name().value() : line);
        }
    }

    /** The snapshot that {@code --name} names, which must be given. */
    static SnapshotName named(Session session, String command) {
        return session.given()
                .value(NAME)
                .map(SnapshotName::of)
                .orElseThrow(() -> new UsageException(
                        NAME + " must say which snapshot; 'minions snapshot list' shows those there are; see 'minions "
                                + command + " --help'"));
    }
}
