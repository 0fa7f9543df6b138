package dev.minions.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a command is written. Data, and the only description there is: what reads a command line, the help and the
 * completions are all made from it.
 *
 * @param name the command, without {@code minions}: {@code create}, {@code image build}
 * @param summary what it does, in one line
 * @param options its options, without those that every command has
 * @param operands what it takes beside options
 * @param footer what else there is to know, a line each
 */
record Syntax(String name, String summary, List<Option> options, Operands operands, List<String> footer) {
    /**
     * What a command takes beside options.
     *
     * @param label what it is called in the help
     * @param help what it is
     * @param least how many there must be
     * @param most how many there may be
     * @param ours how many are ours before the rest, options and all, is a command line for the guest; null if it
     *     takes none
     */
    record Operands(
            String label,
            String help,
            int least,
            int most,
            @Nullable Integer ours) {
        static final Operands NONE = new Operands("", "", 0, 0, null);

        static Operands one(String label, String help) {
            return new Operands(label, help, 1, 1, null);
        }

        static Operands some(String label, String help) {
            return new Operands(label, help, 1, Integer.MAX_VALUE, null);
        }

        /** One word of ours, and then a command line for the guest. */
        static Operands andCommand(String label, String help) {
            return new Operands(label, help, 2, Integer.MAX_VALUE, 1);
        }
    }

    Syntax {
        options = List.copyOf(options);
        footer = List.copyOf(footer);
    }

    static Syntax of(String name, String summary) {
        return new Syntax(name, summary, List.of(), Operands.NONE, List.of());
    }

    Syntax with(Operands newOperands) {
        return new Syntax(name, summary, options, newOperands, footer);
    }

    Syntax with(Option... more) {
        return with(List.of(more));
    }

    Syntax with(List<Option> more) {
        List<Option> all = new ArrayList<>(options);
        all.addAll(more);
        return new Syntax(name, summary, all, operands, footer);
    }

    Syntax note(String... lines) {
        List<String> all = new ArrayList<>(footer);
        all.addAll(List.of(lines));
        return new Syntax(name, summary, options, operands, all);
    }

    /** Its own options and those that every command has. */
    List<Option> allOptions() {
        List<Option> all = new ArrayList<>(options);
        all.addAll(GlobalOptions.ALL);
        return all;
    }

    @Nullable
    Option option(String written) {
        for (Option option : allOptions()) {
            if (option.names().contains(written)) {
                return option;
            }
        }
        return null;
    }
}
