package dev.minions.cli;

import dev.minions.DestroyOptions;
import dev.minions.Vm;
import dev.minions.VmInfo;
import dev.minions.cli.Syntax.Operands;
import dev.minions.client.json.DestroyedJson;

/** {@code minions destroy}. */
final class DestroyCommand implements Verb {
    @Override
    public Syntax syntax() {
        return Syntax.of("destroy", "Destroy VMs, running or not, with their disks and all that was made for them")
                .with(Operands.some("NAME", "Name, id, or the last 6 or more digits of the id"))
                .note("", "Does not ask back. What is under way on the VM is cancelled.");
    }

    @Override
    public Effect effect() {
        return Effect.CHANGES;
    }

    @Override
    public int run(Session session) {
        return Names.each(session, name -> {
            Vm vm = session.vm(name);
            VmInfo before = vm.info();
            vm.destroy(session.with(DestroyOptions.defaults(), "destroy " + name));
            session.show(before, DestroyedJson::of, "destroyed " + before.name());
        });
    }
}
