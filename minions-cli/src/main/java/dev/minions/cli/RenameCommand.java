package dev.minions.cli;

import dev.minions.ChangeOptions;
import dev.minions.Vm;
import dev.minions.VmName;
import dev.minions.cli.Syntax.Operands;
import dev.minions.client.json.VmJson;
import java.util.List;

/** {@code minions rename}. */
final class RenameCommand implements Verb {
    private static final int BOTH = 2;

    @Override
    public Syntax syntax() {
        return Syntax.of("rename", "Give a VM another name, in any state")
                .with(new Operands("NAME", "The VM, and its new name", BOTH, BOTH, null))
                .note("", "A running guest is told; one that does not answer learns its name at its next start.");
    }

    @Override
    public Effect effect() {
        return Effect.CHANGES;
    }

    @Override
    public int run(Session session) {
        List<String> names = session.given().operands();
        VmName name = VmName.of(names.get(1));
        Vm vm = session.vm(names.get(0));
        vm.rename(name, session.with(ChangeOptions.defaults(), "rename " + names.get(0)));
        session.show(vm.info(), VmJson::of, "renamed " + names.get(0) + " to " + name);
        return Exit.OK;
    }
}
