package dev.minions.cli;

import dev.minions.StopOptions;
import dev.minions.StopResult;
import dev.minions.Vm;
import dev.minions.VmInfo;
import dev.minions.cli.Syntax.Operands;
import dev.minions.client.json.StopResultJson;
import java.time.Duration;

/** {@code minions stop}. */
final class StopCommand implements Verb {
    private static final String TIMEOUT = "--timeout";
    private static final String FORCE = "--force";

    @Override
    public Syntax syntax() {
        return Syntax.of("stop", "Stop VMs: ask the agent, press the power button, and kill after a while")
                .with(
                        Option.value("TIME", "How long the guest may take; 90s if not given", TIMEOUT),
                        Option.flag("Kill at once, as pulling the plug does", FORCE))
                .with(Operands.some("NAME", "Name, id, or the last 6 or more digits of the id"))
                .note("", "Says which way the VM stopped. Its disk, address and name stay.");
    }

    @Override
    public Effect effect() {
        return Effect.CHANGES;
    }

    @Override
    public int run(Session session) {
        boolean force = session.given().has(FORCE);
        if (force && session.given().has(TIMEOUT)) {
            throw new UsageException("--force kills at once and --timeout waits; give one of them");
        }
        Duration grace = session.given()
                .value(TIMEOUT)
                .map(text -> Values.duration(TIMEOUT, text))
                .orElse(force ? Duration.ZERO : StopOptions.DEFAULT_GRACE);
        return Names.each(session, name -> {
            Vm vm = session.vm(name);
            StopResult result = vm.stop(session.with(StopOptions.defaults().grace(grace), "stop " + name));
            VmInfo info = vm.info();
            session.show(info, now -> StopResultJson.of(now, result), line(info, result, grace.isZero()));
        });
    }

    private static String line(VmInfo vm, StopResult result, boolean atOnce) {
        String took = Values.show(result.took());
        return switch (result.how()) {
            case ALREADY_STOPPED -> "already stopped: " + vm.name();
            case AGENT -> "stopped " + vm.name() + ": the agent was asked and the guest shut down, " + took;
            case POWER_BUTTON ->
                "stopped " + vm.name() + ": the power button was pressed and the guest shut down, " + took;
            case KILLED ->
                "stopped " + vm.name()
                        + (atOnce ? ": killed as asked, " : ": killed, as the guest did not shut down in time, ")
                        + took;
            default -> "stopped " + vm.name() + ", " + took;
        };
    }
}
