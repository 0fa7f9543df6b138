package dev.minions.cli;

import dev.minions.SnapshotInfo;
import dev.minions.VmInfo;
import dev.minions.cli.Syntax.Operands;
import dev.minions.client.json.SnapshotJson;
import java.util.List;
import java.util.Locale;

/** {@code minions snapshot list}. */
final class SnapshotListCommand implements Verb {
    @Override
    public Syntax syntax() {
        return Syntax.of("snapshot list", "List the snapshots of a VM, the oldest first")
                .with(Operands.one("NAME", "Name, id, or the last 6 or more digits of the id"));
    }

    @Override
    public int run(Session session) {
        VmInfo vm = session.vm(session.given().operands().get(0)).info();
        List<SnapshotInfo> snapshots = vm.snapshots();
        if (session.json()) {
            session.screen()
                    .json(snapshots.stream()
                            .map(snapshot -> SnapshotJson.of(vm, snapshot))
                            .toList());
        } else if (session.quiet()) {
            snapshots.forEach(snapshot -> session.screen().line(snapshot.name().value()));
        } else {
            session.screen().print(table(snapshots));
        }
        return Exit.OK;
    }

    private static String table(List<SnapshotInfo> snapshots) {
        Table table = new Table("NAME", "CREATED", "GUEST", "DISK", "DATA");
        for (SnapshotInfo snapshot : snapshots) {
            table.row(
                    snapshot.name().value(),
                    snapshot.createdAt().toString(),
                    snapshot.guest().name().toLowerCase(Locale.ROOT),
                    Show.disk(snapshot.disk()),
                    snapshot.data().map(Show::disk).orElse(""));
        }
        return table.text();
    }
}
