package dev.minions.cli;

import dev.minions.cli.Syntax.Operands;
import dev.minions.client.json.CompletionJson;
import picocli.AutoComplete;

/** {@code minions completion}. */
final class CompletionCommand implements Verb {
    @Override
    public Syntax syntax() {
        return Syntax.of("completion", "Print a script that completes this command line in a shell")
                .with(Operands.one("SHELL", "bash or zsh"))
                .note("", "bash: source <(minions completion bash)", "zsh:  source <(minions completion zsh)");
    }

    @Override
    public int run(Session session) {
        String shell = session.given().operands().get(0);
        if (!shell.equals("bash") && !shell.equals("zsh")) {
            throw new UsageException("completion is for bash and zsh, got '" + Text.clean(shell) + "'");
        }
        String script = AutoComplete.bash("minions", Help.tree(false));
        if (session.json()) {
            session.screen().json(new CompletionJson(shell, script));
        } else {
            session.screen().print(script);
        }
        return Exit.OK;
    }
}
