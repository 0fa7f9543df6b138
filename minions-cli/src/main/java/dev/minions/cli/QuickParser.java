package dev.minions.cli;

import java.util.List;
import java.util.Optional;

/**
 * Reads command lines that have nothing wrong or unusual about them, which are nearly all. Anything else it leaves to
 * {@link PicocliParser}, which reads everything, explains mistakes, and takes as long to load as the whole rest of a
 * short command: its classes are of a format that no JVM keeps in an archive. What both read, they read alike.
 */
final class QuickParser {
    private QuickParser() {}

    /**
     * Reads what stands after the command's name.
     *
     * @return empty if it is not sure
     */
    static Optional<Given> parse(Syntax syntax, List<String> words) {
        Given.Builder given = new Given.Builder();
        boolean optionsEnded = false;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (optionsEnded || !word.startsWith("-") || word.equals("-")) {
                optionsEnded |= endsOurOptions(syntax, given.operandCount());
                given.operand(word);
            } else if (word.equals("--")) {
                optionsEnded = true;
            } else {
                int equals = word.indexOf('=');
                Option option = syntax.option(equals < 0 ? word : word.substring(0, equals));
                if (option == null || (option.isFlag() && equals >= 0) || (given.has(option) && !option.repeats())) {
                    return Optional.empty();
                }
                if (option.isFlag()) {
                    given.option(option, "");
                } else if (equals >= 0) {
                    given.option(option, word.substring(equals + 1));
                } else if (i + 1 < words.size() && !words.get(i + 1).startsWith("-")) {
                    i++;
                    given.option(option, words.get(i));
                } else {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(given.build()).filter(all -> fits(syntax, all));
    }

    /** Whether an operand that follows so many others is the first word of the guest's command. */
    static boolean endsOurOptions(Syntax syntax, int operandsBefore) {
        Integer ours = syntax.operands().ours();
        return ours != null && operandsBefore >= ours;
    }

    private static boolean fits(Syntax syntax, Given given) {
        int count = given.operands().size();
        return !given.has(GlobalOptions.HELP)
                && !given.has(GlobalOptions.VERSION)
                && count >= syntax.operands().least()
                && count <= syntax.operands().most();
    }
}
