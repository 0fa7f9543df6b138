package dev.minions.cli;

import java.util.List;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;

/** What {@code --help} shows. */
final class Help {
    private static final int WIDTH = 100;

    private Help() {}

    /**
     * The help of a command.
     *
     * @param name its name, {@code image} for those below it, or empty for all
     */
    static String of(String name) {
        CommandLine tree = tree(true);
        CommandLine found = tree;
        for (String part : name.isEmpty() ? List.<String>of() : List.of(name.split(" "))) {
            found = Objects.requireNonNull(found.getSubcommands().get(part));
        }
        return found.getUsageMessage(Ansi.OFF);
    }

    /**
     * All commands as picocli knows them.
     *
     * @param forPeople whether options that every command has are left out below the first level
     */
    static CommandLine tree(boolean forPeople) {
        Syntax root = Syntax.of("minions", Commands.SUMMARY)
                .note(
                        "",
                        "'minions COMMAND --help' says more of a command. The options above may stand before or after it.");
        CommandSpec spec = PicocliParser.spec(root, false).name("minions");
        spec.usageMessage().synopsisSubcommandLabel("COMMAND").width(WIDTH);
        for (String name : Commands.NAMES) {
            Commands.Group group = Commands.group(name);
            spec.addSubcommand(name, group == null ? leaf(name, forPeople) : group(name, group, forPeople));
        }
        return new CommandLine(spec);
    }

    private static CommandSpec group(String name, Commands.Group group, boolean forPeople) {
        CommandSpec spec = PicocliParser.spec(Syntax.of(name, group.summary()), forPeople);
        spec.usageMessage().synopsisSubcommandLabel("COMMAND").width(WIDTH);
        group.names().forEach(below -> spec.addSubcommand(below, leaf(name + " " + below, forPeople)));
        return spec;
    }

    private static CommandSpec leaf(String name, boolean forPeople) {
        Syntax syntax = Objects.requireNonNull(Commands.find(name)).syntax();
        CommandSpec spec = PicocliParser.spec(syntax, forPeople);
        spec.usageMessage().width(WIDTH);
        if (syntax.operands().ours() != null) {
            spec.usageMessage()
                    .customSynopsis("minions " + name + " [OPTIONS] "
                            + syntax.operands().label() + " [--] " + PicocliParser.COMMAND_LABEL + "...");
        }
        return spec;
    }
}
