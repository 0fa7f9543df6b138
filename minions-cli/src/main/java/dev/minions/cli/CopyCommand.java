package dev.minions.cli;

import dev.minions.CopyOptions;
import dev.minions.Vm;
import dev.minions.VmInfo;
import dev.minions.VmName;
import dev.minions.cli.Syntax.Operands;
import dev.minions.client.json.VmJson;
import java.util.List;

/** {@code minions cp}. */
final class CopyCommand implements Verb {
    private static final int MOST = 2;

    @Override
    public Syntax syntax() {
        return Syntax.of("cp", "Copy a VM, running or not, to a new one that is stopped and is somebody else")
                .with(new Operands(
                        "NAME", "The VM to copy, and the name of the copy; one is made up if not given", 1, MOST, null))
                .note(
                        "",
                        "The copy has a CID, a MAC and an address of its own, and gets its host name, a new machine-id and",
                        "new SSH host keys when it first starts. Published ports, attached disks that may be written to",
                        "and snapshots are not copied.");
    }

    @Override
    public Effect effect() {
        return Effect.CHANGES;
    }

    @Override
    public int run(Session session) {
        List<String> names = session.given().operands();
        CopyOptions options = names.size() < MOST
                ? CopyOptions.defaults()
                : CopyOptions.defaults().name(VmName.of(names.get(1)));
        Vm copy = session.minions().copy(names.get(0), session.with(options, "cp " + names.get(0)));
        VmInfo info = copy.info();
        session.show(info, VmJson::of, "copied " + names.get(0) + " to " + info.name() + ": " + Show.outcome(info));
        return Exit.OK;
    }
}
