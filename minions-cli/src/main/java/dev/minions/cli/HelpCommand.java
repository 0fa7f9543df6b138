package dev.minions.cli;

import dev.minions.cli.Syntax.Operands;

/** {@code minions help}. */
final class HelpCommand implements Verb {
    private static final int LONGEST = 2;

    @Override
    public Syntax syntax() {
        return Syntax.of("help", "Show this help, or that of a command")
                .with(new Operands("COMMAND", "The command, for example: image build", 0, LONGEST, null));
    }

    @Override
    public int run(Session session) {
        String name = String.join(" ", session.given().operands());
        if (!name.isEmpty() && Commands.group(name) == null && Commands.find(name) == null) {
            throw new UsageException("there is no command '" + Text.clean(name) + "'; see 'minions --help'");
        }
        session.screen().print(Help.of(name));
        return Exit.OK;
    }
}
