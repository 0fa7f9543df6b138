package dev.minions.cli;

import dev.minions.ChangeOptions;
import dev.minions.Vm;
import dev.minions.VmInfo;
import dev.minions.cli.Syntax.Operands;
import dev.minions.client.json.VmJson;
import java.util.List;

/** {@code minions disk attach}. */
final class DiskAttachCommand implements Verb {
    private static final int LEAST = 2;

    @Override
    public Syntax syntax() {
        return Syntax.of("disk attach", "Give a stopped VM raw disks of the host, after those it has")
                .with(new Operands(
                        "NAME FILE[:ro]",
                        "The VM, then files or devices; with :ro only to read",
                        LEAST,
                        Integer.MAX_VALUE,
                        null));
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
            ChangeOptions options = session.with(ChangeOptions.defaults(), "disk attach " + name);
            vm.attach(SpecOptions.attached(disk), options);
            VmInfo info = vm.info();
            session.show(info, VmJson::of, "attached " + Text.clean(disk) + " to " + info.name());
        }
        return Exit.OK;
    }
}
