package dev.minions.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a command line says: the values of its options, by the first of their names, and its operands.
 *
 * @param options values by name; a flag has an empty one for each time it was given
 * @param operands what stood beside the options
 */
record Given(Map<String, List<String>> options, List<String> operands) {
    Given {
        operands = List.copyOf(operands);
    }

    boolean has(String name) {
        return options.containsKey(name);
    }

    int count(String name) {
        return all(name).size();
    }

    Optional<String> value(String name) {
        return all(name).stream().findFirst();
    }

    List<String> all(String name) {
        return options.getOrDefault(name, List.of());
    }

    /** Collects what is found while a command line is read. */
    static final class Builder {
        private final Map<String, List<String>> options = new LinkedHashMap<>();
        private final List<String> operands = new ArrayList<>();

        void option(Option option, String value) {
            options.computeIfAbsent(option.name(), name -> new ArrayList<>()).add(value);
        }

        boolean has(Option option) {
            return options.containsKey(option.name());
        }

        void operand(String value) {
            operands.add(value);
        }

        int operandCount() {
            return operands.size();
        }

        Given build() {
            return new Given(options, operands);
        }
    }
}
