package dev.minions.cli;

import dev.minions.Command;
import java.util.List;
import java.util.Map;

/** The options that say how a command runs in a guest, for {@code exec} and {@code run}. */
final class GuestOptions {
    static final String ENV = SpecOptions.ENV;
    static final String NO_STDIN = "--no-stdin";
    private static final String WORKDIR = "--workdir";
    private static final String USER = "--user";
    private static final String TIMEOUT = "--timeout";

    /** What both commands take, without {@code --env}, which {@code run} has already. */
    static final List<Option> ALL = List.of(
            Option.value("DIR", "Run it in that directory of the guest; / if not given", WORKDIR, "-w"),
            Option.value("NAME", "Run it as that user of the guest; root if not given", USER, "-u"),
            Option.value("TIME", "End it, and all it started, after that long, and exit with 124", TIMEOUT),
            Option.flag("Give it no input instead of ours", NO_STDIN));

    static final String[] CODES = {
        "",
        "Exits with the command's code, or: 124 its time ran out, 125 Minions failed, 126 the guest",
        "cannot run it, 127 it is not there, 128+N signal N ended it. Ctrl-C goes to the command."
    };

    private GuestOptions() {}

    /** The guest's command: what stands behind the first operand. */
    static Command command(Given given) {
        List<String> words = given.operands();
        Command command = Command.of(words.subList(1, words.size()));
        for (String text : given.all(ENV)) {
            Map.Entry<String, String> variable = Values.pair(ENV, text);
            command = command.environment(variable.getKey(), variable.getValue());
        }
        if (given.has(WORKDIR)) {
            command = command.directory(given.value(WORKDIR).orElseThrow());
        }
        if (given.has(USER)) {
            command = command.user(given.value(USER).orElseThrow());
        }
        if (given.has(TIMEOUT)) {
            command =
                    command.within(Values.duration(TIMEOUT, given.value(TIMEOUT).orElseThrow()));
        }
        return command;
    }
}
