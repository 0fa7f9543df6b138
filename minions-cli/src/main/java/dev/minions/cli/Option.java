package dev.minions.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An option of a command.
 *
 * @param names how it is written, the one that {@link Given} knows it by first
 * @param label what its value is called in the help; null for a flag, which has none
 * @param repeats whether it may be given more than once
 * @param help what it does, for the help
 */
record Option(List<String> names, @Nullable String label, boolean repeats, String help) {
    Option {
        names = List.copyOf(names);
    }

    /** An option without a value. */
    static Option flag(String help, String... names) {
        return new Option(List.of(names), null, false, help);
    }

    /** An option with a value. */
    static Option value(String label, String help, String... names) {
        return new Option(List.of(names), label, false, help);
    }

    /** The same option, which may be given more than once. */
    Option repeated() {
        return new Option(names, label, true, help);
    }

    String name() {
        return names.get(0);
    }

    boolean isFlag() {
        return label == null;
    }
}
