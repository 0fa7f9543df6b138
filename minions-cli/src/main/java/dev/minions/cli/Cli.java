package dev.minions.cli;

import dev.minions.cli.Commands.Asked;
import dev.minions.error.MinionsException;
import java.util.List;
import java.util.Optional;

/** The {@code minions} command, whatever surrounds it. */
final class Cli {
    private final Surroundings surroundings;
    private final SignalSource signalSource;
    private final Engines engines;

    Cli(Surroundings surroundings, SignalSource signalSource, Engines engines) {
        this.surroundings = surroundings;
        this.signalSource = signalSource;
        this.engines = engines;
    }

    /** Does what the words say and returns the exit code. */
    int run(List<String> words) {
        boolean json = words.contains(GlobalOptions.JSON);
        Screen screen = new Screen(surroundings, words.contains(GlobalOptions.QUIET) || words.contains("-q"));
        try {
            Asked asked = Commands.in(words);
            Optional<Verb> verb = asked.verb();
            return verb.isPresent() ? run(verb.get(), asked.words(), screen) : group(asked, screen);
        } catch (UsageException misuse) {
            new Failures(screen, json, false).usage(misuse);
            return Exit.USAGE;
        } catch (OutputException e) {
            return nobodyTakesIt(e, screen);
        }
    }

    /** No command, or one that only leads to others. */
    private static int group(Asked asked, Screen screen) {
        Syntax syntax = Syntax.of(asked.name(), "");
        Given given = PicocliParser.parse(syntax, asked.words());
        if (given.has(GlobalOptions.VERSION)) {
            screen.line(VersionCommand.line());
            return Exit.OK;
        }
        if (given.has(GlobalOptions.HELP)) {
            screen.print(Help.of(asked.name()));
            return Exit.OK;
        }
        if (given.has(GlobalOptions.JSON)) {
            throw new UsageException("a command is missing; see '" + ("minions " + asked.name()).strip() + " --help'");
        }
        screen.explain(Help.of(asked.name()));
        return Exit.USAGE;
    }

    private int run(Verb verb, List<String> words, Screen screen) {
        Signals signals = new Signals(screen, signalSource);
        if (verb.effect() != Verb.Effect.READS) {
            signals.listen();
        }
        Syntax syntax = verb.syntax();
        Given given = QuickParser.parse(syntax, words).orElseGet(() -> PicocliParser.parse(syntax, words));
        if (given.has(GlobalOptions.HELP)) {
            screen.print(Help.of(syntax.name()));
            return Exit.OK;
        }
        if (given.has(GlobalOptions.VERSION)) {
            screen.line(VersionCommand.line());
            return Exit.OK;
        }
        int verbosity = given.count(GlobalOptions.VERBOSE);
        Logging.set(verbosity);
        Failures failures = new Failures(screen, given.has(GlobalOptions.JSON), verbosity > 0);
        return run(verb, new Session(verb, given, surroundings, screen, failures, signals, engines));
    }

    private static int run(Verb verb, Session session) {
        int code;
        try (session) {
            code = verb.run(session);
        } catch (OutputException e) {
            return nobodyTakesIt(e, session.screen());
        } catch (RuntimeException | Error failure) { // the outermost loop
            code = tell(failure, verb, session);
        }
        session.screen().clearProgress();
        int signal = session.signals().received();
        return signal != 0 && code != Exit.OK ? Exit.SIGNAL + signal : code;
    }

    private static int tell(Throwable failure, Verb verb, Session session) {
        if (session.signals().received() != 0) {
            session.failures().tell(session.interruption(failure));
            return Exit.FAILED;
        }
        if (failure instanceof MinionsException known) {
            session.failures().tell(known);
            return verb.exitCode(known);
        }
        if (failure instanceof IllegalArgumentException misuse) {
            session.failures().usage(misuse);
            return Exit.USAGE;
        }
        session.failures().internal(failure);
        return verb.exitCodeOfFault();
    }

    private static int nobodyTakesIt(OutputException e, Screen screen) {
        if (e.nobodyReads()) {
            return Exit.NOBODY_READS;
        }
        screen.say(String.valueOf(e.getMessage()));
        return Exit.FAILED;
    }
}
