package dev.minions.cli;

import dev.minions.StartOptions;
import dev.minions.Vm;
import dev.minions.VmInfo;
import dev.minions.VmState;
import dev.minions.cli.Syntax.Operands;
import dev.minions.client.json.VmJson;

/** {@code minions start}. */
final class StartCommand implements Verb {
    @Override
    public Syntax syntax() {
        return Syntax.of("start", "Start stopped VMs and wait until their agents answer")
                .with(SpecOptions.BOOT_TIMEOUT_OPTION)
                .with(Operands.some("NAME", "Name, id, or the last 6 or more digits of the id"));
    }

    @Override
    public Effect effect() {
        return Effect.CHANGES;
    }

    @Override
    public int run(Session session) {
        StartOptions options = session.given()
                .value(SpecOptions.BOOT_TIMEOUT)
                .map(text -> StartOptions.defaults().bootTimeout(Values.duration(SpecOptions.BOOT_TIMEOUT, text)))
                .orElse(StartOptions.defaults());
        return Names.each(session, name -> {
            Vm vm = session.vm(name);
            boolean ran = vm.info().state() == VmState.RUNNING;
            vm.start(session.with(options, "start " + name));
            VmInfo info = vm.info();
            session.show(
                    info,
                    VmJson::of,
                    (ran ? "already running: " : "started ") + info.name() + ": " + Show.outcome(info));
        });
    }
}
