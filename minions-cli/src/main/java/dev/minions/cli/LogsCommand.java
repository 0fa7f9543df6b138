package dev.minions.cli;

import dev.minions.ConsoleLog;
import dev.minions.Vm;
import dev.minions.cli.Syntax.Operands;
import dev.minions.client.json.LogJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** {@code minions logs}. */
final class LogsCommand implements Verb {
    private static final String FOLLOW = "--follow";
    private static final String TAIL = "--tail";
    private static final int BUFFER = 8192;

    @Override
    public Syntax syntax() {
        return Syntax.of("logs", "Show what guests wrote to their consoles, also after they have stopped")
                .with(
                        Option.flag("Go on with what comes, until the VM stops", FOLLOW, "-f"),
                        Option.value("N", "Only the last N lines", TAIL, "-n"))
                .with(Operands.some("NAME", "Name, id, or the last 6 or more digits of the id"))
                .note(
                        "",
                        "On a terminal, control characters are left out, as a guest could use them against it.",
                        "Into a file or a pipe everything goes as the guest wrote it.");
    }

    @Override
    public int run(Session session) {
        boolean follow = session.given().has(FOLLOW);
        if (follow && session.json()) {
            throw new UsageException("--follow has no end to print JSON at; leave one of them out");
        }
        if (follow && session.given().operands().size() > 1) {
            throw new UsageException(
                    "--follow follows one VM; got " + session.given().operands().size() + " names");
        }
        int tail = session.given()
                .value(TAIL)
                .map(text -> Values.whole(TAIL, text))
                .orElse(Integer.MAX_VALUE);
        if (tail < 0) {
            throw new UsageException("--tail must not be negative, got " + tail);
        }
        return Names.each(session, name -> {
            Vm vm = session.vm(name);
            if (follow) {
                follow(session, vm.console(), tail);
            } else {
                show(session, vm, tail);
            }
        });
    }

    private static void show(Session session, Vm vm, int tail) {
        ConsoleLog console = vm.console();
        String text = tail == Integer.MAX_VALUE ? console.text() : console.tail(tail);
        if (session.json()) {
            session.screen().json(LogJson.of(vm.info(), text));
            return;
        }
        String shown = session.screen().outIsTerminal() ? new TerminalFilter().clean(text) : text;
        session.screen().print(shown.isEmpty() || shown.endsWith("\n") ? shown : shown + "\n");
    }

    private static void follow(Session session, ConsoleLog console, int tail) {
        TerminalFilter filter = new TerminalFilter();
        boolean clean = session.screen().outIsTerminal();
        Skip skip = tail == Integer.MAX_VALUE ? new Skip("", 0) : new Skip(console.text(), tail);
        try (InputStream stream = console.follow();
                Reader reader = new InputStreamReader(stream, StandardCharsets.UTF_8)) {
            char[] buffer = new char[BUFFER];
            for (int count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
                int from = skip.in(buffer, count);
                String text = new String(buffer, from, count - from);
                session.screen().print(clean ? filter.clean(text) : text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is left out of a log that is followed from its beginning, when only its last lines are wanted. */
    private static final class Skip {
        private long lines;
        private long characters;

        Skip(String kept, int tail) {
            int partial = kept.length() - kept.lastIndexOf('\n') - 1;
            long ends = kept.chars().filter(c -> c == '\n').count();
            lines = Math.clamp(ends + (partial > 0 ? 1 : 0) - tail, 0, ends);
            characters = tail == 0 ? partial : 0;
        }

        /** Where in a piece that what is wanted begins. */
        int in(char[] piece, int length) {
            int from = 0;
            while (from < length && (lines > 0 || characters > 0)) {
                if (lines > 0) {
                    lines -= piece[from] == '\n' ? 1 : 0;
                } else {
                    characters--;
                }
                from++;
            }
            return from;
        }
    }
}
