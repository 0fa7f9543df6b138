package dev.minions.cli;

import dev.minions.ByteSize.Unit;
import dev.minions.ChangeOptions;
import dev.minions.Resize;
import dev.minions.Vm;
import dev.minions.VmInfo;
import dev.minions.cli.Syntax.Operands;
import dev.minions.client.json.VmJson;

/** {@code minions resize}. */
final class ResizeCommand implements Verb {
    private static final String CPUS = "--cpus";
    private static final String MEMORY = "--memory";
    private static final String DISK = "--disk";
    private static final String DATA = "--data";

    @Override
    public Syntax syntax() {
        return Syntax.of("resize", "Change the size of VMs; disks only grow")
                .with(
                        Option.value("N", "Virtual CPUs", CPUS),
                        Option.value("SIZE", "Memory; a bare number is MiB", MEMORY),
                        Option.value("SIZE", "Root disk; a bare number is GB", DISK),
                        Option.value("SIZE", "Data disk; a bare number is GB", DATA))
                .with(Operands.some("NAME", "Name, id, or the last 6 or more digits of the id"))
                .note(
                        "",
                        "The guest's root file system grows with its disk. A VM that runs only grows: on QEMU",
                        "its disks, on Cloud Hypervisor all of it, CPUs and memory to twice what it was started",
                        "with.");
    }

    @Override
    public Effect effect() {
        return Effect.CHANGES;
    }

    @Override
    public int run(Session session) {
        Resize wanted = wanted(session.given());
        if (wanted.isNone()) {
            throw new UsageException("say what to change: --cpus, --memory, --disk or --data");
        }
        return Names.each(session, name -> {
            Vm vm = session.vm(name);
            vm.resize(wanted, session.with(ChangeOptions.defaults(), "resize " + name));
            VmInfo info = vm.info();
            session.show(info, VmJson::of, "resized " + info.name() + ": " + size(info));
        });
    }

    private static Resize wanted(Given given) {
        Resize wanted = Resize.none();
        if (given.has(CPUS)) {
            wanted = wanted.cpus(Values.whole(CPUS, given.value(CPUS).orElseThrow()));
        }
        if (given.has(MEMORY)) {
            wanted = wanted.memory(Values.size(MEMORY, given.value(MEMORY).orElseThrow(), Unit.MIB));
        }
        if (given.has(DISK)) {
            wanted = wanted.disk(Values.size(DISK, given.value(DISK).orElseThrow(), Unit.GB));
        }
        if (given.has(DATA)) {
            wanted = wanted.data(Values.size(DATA, given.value(DATA).orElseThrow(), Unit.GB));
        }
        return wanted;
    }

    private static String size(VmInfo vm) {
        return vm.cpus() + (vm.cpus() == 1 ? " CPU, " : " CPUs, ") + Show.memory(vm.memory()) + ", disk "
                + Show.disk(vm.disk())
                + vm.data().map(size -> ", data disk " + Show.disk(size)).orElse("");
    }
}
