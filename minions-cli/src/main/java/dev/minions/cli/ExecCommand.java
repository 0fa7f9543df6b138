package dev.minions.cli;

import dev.minions.Command;
import dev.minions.cli.Syntax.Operands;
import dev.minions.error.MinionsException;

/** {@code minions exec}. */
final class ExecCommand implements Verb {
    @Override
    public Syntax syntax() {
        return Syntax.of("exec", "Run a command in a running VM, with our input and output")
                .with(Option.value("KEY=VALUE", "Set a variable for the command", GuestOptions.ENV, "-e")
                        .repeated())
                .with(GuestOptions.ALL)
                .with(Operands.andCommand("NAME", "Name, id, or the last 6 or more digits of the id"))
                .note(GuestOptions.CODES);
    }

    @Override
    public Effect effect() {
        return Effect.CHANGES;
    }

    @Override
    public int run(Session session) {
        Command command = GuestOptions.command(session.given());
        return GuestRun.of(session).run(session.vm(session.given().operands().get(0)), command);
    }

    @Override
    public int exitCode(MinionsException failure) {
        return Exit.ofGuestCommand(failure);
    }

    @Override
    public int exitCodeOfFault() {
        return Exit.OURS;
    }
}
