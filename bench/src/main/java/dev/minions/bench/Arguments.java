package dev.minions.bench;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The command line.
 *
 * @param names which benchmarks; all if there are none
 * @param json whether to print an object a line instead of a table
 * @param list whether to name the benchmarks and measure nothing
 * @param help whether to say how it is used and measure nothing
 * @param runs how often each is measured, 1 or more; each benchmark's own number if empty
 * @param dataDirectory whose image {@code debian} the VMs are made of
 */
record Arguments(
        List<String> names, boolean json, boolean list, boolean help, OptionalInt runs, Optional<Path> dataDirectory) {
    static final String USAGE = """
            usage: bench/run [NAME...] [--json] [--runs N] [--data-dir DIR]
                   bench/run --list
            --json          one object a line: name, ours, peer, unit, ratio, runs
            --runs N        measure each N times, and not as often as it is its own
            --data-dir DIR  take the image 'debian' of that data directory; else one is built in bench/target and kept
            """;

    /** A command line that cannot be understood; the message says why. */
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1;

        UsageException(String message) {
            super(message);
        }
    }

    /**
     * Reads a command line.
     *
     * @param known the names there are
     */
    static Arguments parse(List<String> words, List<String> known) throws UsageException {
        Deque<String> rest = new ArrayDeque<>(words);
        List<String> names = new ArrayList<>();
        boolean json = false;
        boolean list = false;
        boolean help = false;
        OptionalInt runs = OptionalInt.empty();
        Optional<Path> data = Optional.empty();
        while (!rest.isEmpty()) {
            String word = rest.pop();
            switch (word) {
                case "--json" -> json = true;
                case "--list" -> list = true;
                case "--help", "-h" -> help = true;
                case "--runs" -> runs = OptionalInt.of(count(value(word, rest)));
                case "--data-dir" -> data = Optional.of(Path.of(value(word, rest)));
                default -> names.add(requireKnown(word, known));
            }
        }
        return new Arguments(List.copyOf(names), json, list, help, runs, data);
    }

    private static String value(String option, Deque<String> rest) throws UsageException {
        if (rest.isEmpty()) {
            throw new UsageException(option + " needs a value");
        }
        return rest.pop();
    }

    private static int count(String text) throws UsageException {
        try {
            int count = Integer.parseInt(text);
            if (count >= 1) {
                return count;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new UsageException("--runs must be a number of 1 or more, got '" + text + "'");
    }

    private static String requireKnown(String word, List<String> known) throws UsageException {
        if (!known.contains(word)) {
            throw new UsageException((word.startsWith("-") ? "no option is called '" : "no benchmark is called '")
                    + word + "'; there are: " + String.join(", ", known));
        }
        return word;
    }
}
