package dev.minions.cli;

import dev.minions.ChangeOptions;
import dev.minions.Vm;
import dev.minions.VmInfo;
import dev.minions.cli.Syntax.Operands;
import dev.minions.client.json.VmJson;
import java.util.List;

/** {@code minions disk detach}. */
final class DiskDetachCommand implements Verb {
    private static final int LEAST = 2;

    @Override
    public Syntax syntax() {
        return Syntax.of("disk detach", "Take disks of the host from a stopped VM; what they hold stays")
                .with(new Operands("NAME FILE", "The VM, then the files or devices", LEAST, Integer.MAX_VALUE, null));
    }

    @Override
    public Effect effect() {
        return Effect.CHANGES;
    }

    @Override
    public int run(Session session) {
        List<String> words = session.given().operands();
        String name = words.get(0);
        Vm vm = session.vm(name);
        for (String disk : words.subList(1, words.size())) {
            ChangeOptions options = session.with(ChangeOptions.defaults(), "disk detach " + name);
            vm.detach(SpecOptions.path("FILE", disk), options);
            VmInfo info = vm.info();
            session.show(info, VmJson::of, "detached " + Text.clean(disk) + " from " + info.name());
        }
        return Exit.OK;
    }
}
