package dev.minions.cli;

import dev.minions.StartOptions;
import dev.minions.Vm;
import dev.minions.VmInfo;
import dev.minions.VmState;
import dev.minions.cli.Syntax.Operands;
import dev.minions.client.json.VmJson;

/** {@code minions start}. */
final class StartCommand implements Verb {
    static final String INTERRUPTED = "--interrupted";

    @Override
    public Syntax syntax() {
        return Syntax.of("start", "Start stopped VMs and wait until their agents answer")
                .with(
                        SpecOptions.BOOT_TIMEOUT_OPTION,
                        Option.flag(
                                "Start, in every project, the VMs that ran when the host or their VMM went down",
                                INTERRUPTED))
                .with(new Operands(
                        "NAME", "Name, id, or the last 6 or more digits of the id", 0, Integer.MAX_VALUE, null));
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
        boolean interrupted = session.given().has(INTERRUPTED);
        boolean named = !session.given().operands().isEmpty();
        if (interrupted == named) {
            throw new UsageException(
                    named
                            ? INTERRUPTED + " takes no names"
                            : "missing required parameter: 'NAME'; see 'minions start --help'");
        }
        return interrupted
                ? Names.each(session, session.minions().interrupted(), vm -> start(session, vm, vm.info(), options))
                : Names.each(session, name -> {
                    Vm vm = session.vm(name);
                    start(session, vm, vm.info(), options);
                });
    }

    private static void start(Session session, Vm vm, VmInfo before, StartOptions options) {
        boolean ran = before.state() == VmState.RUNNING;
        vm.start(session.with(options, "start " + before.name()));
        VmInfo info = vm.info();
        session.show(
                info, VmJson::of, (ran ? "already running: " : "started ") + info.name() + ": " + Show.outcome(info));
    }
}
