package dev.minions.cli;

import dev.minions.client.json.AdoptedJson;
import java.nio.file.Path;

/** {@code minions adopt}. */
final class AdoptCommand implements Verb {
    @Override
    public Syntax syntax() {
        return Syntax.of("adopt", "Bind a data directory that was copied or moved to this host and its path")
                .note(
                        "",
                        "For a data directory that other commands refuse as made on another machine or at another",
                        "path. A copy forgets the processes of its original; a moved one must have no VM running.");
    }

    @Override
    public Effect effect() {
        return Effect.CHANGES;
    }

    @Override
    public int run(Session session) {
        Path directory = session.engines().adopt(session.settings());
        if (session.json()) {
            session.screen().json(new AdoptedJson(directory.toString()));
        } else {
            session.screen().line(session.quiet() ? directory.toString() : "adopted " + directory);
        }
        return Exit.OK;
    }
}
