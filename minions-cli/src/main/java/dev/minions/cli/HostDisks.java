package dev.minions.cli;

import dev.minions.ChangeOptions;
import dev.minions.Vm;
import dev.minions.VmInfo;
import dev.minions.cli.Syntax.Operands;
import dev.minions.client.json.VmJson;
import java.util.List;
import java.util.function.BiFunction;

/** What the commands do in the same way that give a VM disks of the host or take them from it. */
final class HostDisks {
    private static final int LEAST = 2;

    private HostDisks() {}

    /** A change by a disk. */
    @FunctionalInterface
    interface Change {
        void of(Vm vm, String disk, ChangeOptions options);
    }

    /** A VM, and then disks. */
    static Operands operands(String words, String help) {
        return new Operands(words, help, LEAST, Integer.MAX_VALUE, null);
    }

    /**
     * Makes the change by each disk that is named, one after the other.
     *
     * @param line what to say of a disk and the VM's name
     */
    static int each(Session session, String command, Change change, BiFunction<String, String, String> line) {
        List<String> words = session.given().operands();
        String name = words.get(0);
        Vm vm = session.vm(name);
        for (String disk : words.subList(1, words.size())) {
            change.of(vm, disk, session.with(ChangeOptions.defaults(), command + " " + name));
            VmInfo info = vm.info();
            session.show(
                    info, VmJson::of, line.apply(Text.clean(disk), info.name().value()));
        }
        return Exit.OK;
    }
}
