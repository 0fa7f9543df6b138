package dev.minions.cli;

import dev.minions.cli.Syntax.Operands;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.ParserSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reads every command line, and says what is wrong with one. */
final class PicocliParser {
    static final String COMMAND_LABEL = "COMMAND";

    private PicocliParser() {}

    /**
     * Reads what stands after the command's name.
     *
     * @throws UsageException if it cannot be meant
     */
    static Given parse(Syntax syntax, List<String> words) {
        CommandSpec spec = spec(syntax, false).name("minions " + syntax.name());
        try {
            ParseResult result =
                    new CommandLine(spec).parseArgs(separate(syntax, words).toArray(String[]::new));
            return counted(syntax, given(syntax, result));
        } catch (ParameterException e) {
            throw new UsageException(sentence(e) + "; see 'minions " + syntax.name() + " --help'");
        }
    }

    /** Picocli counts one operand or any number; help and the version are shown whatever else is there. */
    private static Given counted(Syntax syntax, Given given) {
        Operands operands = syntax.operands();
        List<String> words = given.operands();
        boolean shown = given.has(GlobalOptions.HELP) || given.has(GlobalOptions.VERSION);
        if (shown || operands.ours() != null) {
            return given;
        }
        if (words.size() < operands.least()) {
            throw new UsageException(operands.label() + " must be " + operands.least() + " words or more, got "
                    + words.size() + "; see 'minions " + syntax.name() + " --help'");
        }
        if (words.size() > operands.most()) {
            throw new UsageException("unexpected word '" + Text.clean(words.get(operands.most())) + "'; see 'minions "
                    + syntax.name() + " --help'");
        }
        return given;
    }

    /** From the specs and not from the list of matches, which names an argument as often as it was matched. */
    private static Given given(Syntax syntax, ParseResult result) {
        Given.Builder given = new Given.Builder();
        for (OptionSpec spec : result.commandSpec().options()) {
            Option option = Objects.requireNonNull(syntax.option(spec.longestName()));
            if (!option.isFlag()) {
                spec.originalStringValues().forEach(value -> given.option(option, value));
            } else if (result.hasMatchedOption(spec)) {
                int times = spec.getValue() instanceof boolean[] each ? each.length : 1;
                Collections.nCopies(times, "").forEach(value -> given.option(option, value));
            }
        }
        for (PositionalParamSpec spec : result.commandSpec().positionalParameters()) {
            spec.originalStringValues().forEach(given::operand);
        }
        return given.build();
    }

    /** Marks where the guest's command begins, so that its options are not taken for ours. */
    private static List<String> separate(Syntax syntax, List<String> words) {
        int operands = 0;
        for (int i = 0; i < words.size() && !words.get(i).equals("--"); i++) {
            String word = words.get(i);
            if (word.startsWith("-") && !word.equals("-")) {
                Option option = syntax.option(word);
                i += option == null || option.isFlag() ? 0 : 1;
            } else if (QuickParser.endsOurOptions(syntax, operands)) {
                List<String> marked = new ArrayList<>(words);
                marked.add(i, "--");
                return marked;
            } else {
                operands++;
            }
        }
        return words;
    }

    private static String sentence(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            String word = unmatched.getUnmatched().get(0);
            String what = word.startsWith("-") ? "unknown option '" : "unexpected word '";
            List<String> similar = unmatched.getSuggestions();
            return what + Text.clean(word) + "'"
                    + (similar.isEmpty() ? "" : ", perhaps " + similar.get(0) + " was meant");
        }
        String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return Text.clean(first.substring(0, 1).toLowerCase(Locale.ROOT) + first.substring(1));
    }

    /**
     * A command as picocli knows it.
     *
     * @param hideGlobal whether the help leaves out the options that every command has
     */
    static CommandSpec spec(Syntax syntax, boolean hideGlobal) {
        CommandSpec spec = CommandSpec.create();
        spec.parser(new ParserSpec()
                .expandAtFiles(false)
                .aritySatisfiedByAttachedOptionParam(true)
                .posixClusteredShortOptionsAllowed(true));
        spec.interpolateVariables(false);
        spec.usageMessage()
                .description(syntax.summary() + ".")
                .footer(syntax.footer().toArray(String[]::new));
        for (Option option : syntax.allOptions()) {
            boolean global =
                    GlobalOptions.ALL.contains(option) && !option.name().equals(GlobalOptions.HELP);
            spec.addOption(option(option, hideGlobal && global));
        }
        addOperands(spec, syntax.operands());
        return spec;
    }

    private static OptionSpec option(Option option, boolean hidden) {
        OptionSpec.Builder builder = OptionSpec.builder(option.names().toArray(String[]::new))
                .description(option.help())
                .hidden(hidden)
                .usageHelp(option.name().equals(GlobalOptions.HELP))
                .versionHelp(option.name().equals(GlobalOptions.VERSION));
        if (option.isFlag()) {
            return option.repeats()
                    ? builder.arity("0").type(boolean[].class).build()
                    : builder.arity("0").type(boolean.class).build();
        }
        return builder.arity("1")
                .type(option.repeats() ? String[].class : String.class)
                .paramLabel(option.label())
                .build();
    }

    private static void addOperands(CommandSpec spec, Operands operands) {
        if (operands.most() == 0) {
            return;
        }
        boolean one = operands.most() == 1 || operands.ours() != null;
        spec.addPositional(PositionalParamSpec.builder()
                .index(one ? "0" : "0..*")
                .arity(arity(operands, one))
                .required(operands.least() > 0)
                .type(one ? String.class : String[].class)
                .paramLabel(operands.label())
                .description(operands.help())
                .build());
        if (operands.ours() != null) {
            spec.addPositional(PositionalParamSpec.builder()
                    .index("1..*")
                    .arity("1..*")
                    .required(true)
                    .type(String[].class)
                    .paramLabel(COMMAND_LABEL)
                    .description("The program to run in the guest, and its arguments")
                    .build());
        }
    }

    private static String arity(Operands operands, boolean one) {
        if (one) {
            return operands.least() == 0 ? "0..1" : "1";
        }
        return Math.min(1, operands.least())
                + "..*"; // of a number that it must have, picocli lets no option stand between
    }
}
